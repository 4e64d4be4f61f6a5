"""The intake's own tables, which loads and suites write.

They are only shown here, and made elsewhere.
"""

import dagster as dg

DESCRIPTIONS = {
    "raw_door__deliveries": "The register of what came to the intake. One row per delivery.",
    "raw_door__quarantined_rows": "Rows turned away, with the rules they break. One row per"
    " quarantined row.",
    "raw_door__check_results": "What the expectation suites found. One row per run and check.",
}

door_tables = [
    dg.AssetSpec(["raw", table], description=description, kinds={"delta"})
    for table, description in DESCRIPTIONS.items()
]
