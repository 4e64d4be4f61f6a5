"""The intake's own tables. Loads and suites write them; here they are only shown."""

import dagster as dg

DESCRIPTIONS = {
    "raw_door__deliveries": "The register of deliveries. One row per delivery.",
    "raw_door__quarantined_rows": "Rejected rows, with the rules that they break. One row per"
    " rejected row.",
    "raw_door__check_results": "Results of the expectation suites. One row per run and check.",
}

intake_tables = [
    dg.AssetSpec(["raw", table], description=description, kinds={"delta"})
    for table, description in DESCRIPTIONS.items()
]
