"""The ledger's tables as read by the models, and what each build makes of ledger and lake.

They are only shown here: an issue of statements and each build write them.
"""

import dagster as dg

DESCRIPTIONS = {
    "raw_ledger__statements": "Issued statements. One row per statement; it never changes.",
    "raw_ledger__lines": "Lines of issued statements. One row per line; it never changes.",
    "raw_ledger__pools": "Totals of the pools behind issued statements. One row per pool, contract"
    " and version.",
    "raw_ledger__uses": "Uses behind issued statements. One row per line and use that weighs in"
    " it.",
    "raw_ledger__incident_notes": "Why people closed incidents. One row per note; it never"
    " changes.",
    "raw_revaluation__lines": "Lines of issued months before and after a class of input moves. One"
    " row per line, layer of usage and class.",
    "raw_run__late_deliveries": "Deliveries that came after statements were issued. One row per"
    " delivery and period of `recorded_at`.",
    "raw_calendar__month_starts": "When each month begins in each reporting time zone. One row per"
    " time zone and month.",
}

ledger_tables = [
    dg.AssetSpec(["raw", table], description=description, kinds={"parquet"})
    for table, description in DESCRIPTIONS.items()
]
