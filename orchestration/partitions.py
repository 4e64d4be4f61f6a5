"""The partitions of assets: delivery days, report months, partners.

When a partition is run is decided in `schedules.py`.
"""

import dagster as dg

FIRST_DAY, FIRST_MONTH = "2024-01-01", "2024-01-01"

# The day on which deliveries are loaded; today counts. A past day that is run is read again.
delivery_days = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
# Months of statements; an estimate for the running month is a statement too.
report_months = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, end_offset=1)
# Added when a publication names a partner that was not there before.
partners = dg.DynamicPartitionsDefinition(name="partners")
partner_months = dg.MultiPartitionsDefinition({"partner": partners, "month": report_months})


def as_month(partition_key: str) -> str:
    """`2026-07-01`, as the monthly partitions say it, as `2026-07`."""
    return partition_key[:7]
