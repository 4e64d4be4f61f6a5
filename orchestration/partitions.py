"""The partitions of assets: delivery days, report months, partners.

`schedules.py` decides when a partition runs.
"""

import dagster as dg

FIRST_DAY, FIRST_MONTH = "2024-01-01", "2024-01-01"

# The day on which deliveries are loaded, including today. Running a past day reads it again.
delivery_days = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
# Months of statements; they include the current month, whose statement is an estimate.
report_months = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, end_offset=1)
# Partners are added when a publication names them for the first time.
partners = dg.DynamicPartitionsDefinition(name="partners")
partner_months = dg.MultiPartitionsDefinition({"partner": partners, "month": report_months})


def as_month(partition_key: str) -> str:
    """The key of a monthly partition, such as `2026-07-01`, as `2026-07`."""
    return partition_key[:7]
