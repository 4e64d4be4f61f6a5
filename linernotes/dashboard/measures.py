"""The rows that a promise's measure counts, and the rows that it compares them with.

The conditions are those of `fct_promise_measures`.
"""

from dataclasses import dataclass

# Amounts of lines in the reporting currency, as in `fct_promise_measures`.
INDICATIVE = (
    "cast(cast(amount as decimal(19,6)) * cast((select indicative_rate from "
    "published.marts.dim_exchange_rates as rates where rates.rate_month = report_month "
    "and rates.currency_code = fct_compensation_lines.currency_code) "
    "as decimal(18,8)) as decimal(24,6))"
)


@dataclass(frozen=True)
class MeasurePart:
    """The rows of one side of a measure: the table, a condition, and the value that a row counts.

    Attributes:
        month: The column that equals the month; empty if all months up to it count.
        instant: A column with a time before the month's end, if all months up to it count.
        until: A column with a time after the month's beginning, if a row counts until that time.
    """

    table: str
    condition: str
    value: str
    month: str = "report_month"
    instant: str = ""
    until: str = ""


USAGE = "line_type = 'USAGE'"
EARNINGS = "line_type in ('USAGE', 'TRAINING_FEE')"
LICENSED = "contract_id is not null"
WAITS = "hold_bucket = 'UNROUTED'"
KNOWN_USE = f"exclusion_reason is null and ({LICENSED} or consent_status = 'unlicensed')"
COMPARED = "expected_source_play_28_days_count > 0"
PAID = (
    "consent_status in (select consent_status from published.marts.dim_consent_statuses "
    "where is_paid)"
)
# A statement is late from the day after its payment date on (macro `payment_date`).
LATE_FROM = "(report_month + interval 1 month + interval 25 day)"
ON_TIME = f"issued_at < {LATE_FROM}"
# Numerator and denominator of the promises' measures, as in `fct_promise_measures`.
MEASURES: dict[str, tuple[MeasurePart, MeasurePart | None]] = {
    "licensed_use_share": (
        MeasurePart("uses", f"{KNOWN_USE} and {LICENSED}", "weight_nano", "usage_month"),
        MeasurePart("uses", KNOWN_USE, "weight_nano", "usage_month"),
    ),
    "licensed_money_share": (
        MeasurePart("lines", f"{EARNINGS} and {LICENSED}", INDICATIVE),
        MeasurePart("lines", f"{EARNINGS} and ({LICENSED} or {WAITS})", INDICATIVE),
    ),
    "consented_use_share": (
        MeasurePart("lines", f"{USAGE} and {PAID}", "weight_nano"),
        MeasurePart("lines", f"{USAGE} and consent_status is not null", "weight_nano"),
    ),
    "paid_share": (
        MeasurePart("lines", f"{EARNINGS} and hold_bucket is null", INDICATIVE),
        MeasurePart("lines", EARNINGS, INDICATIVE),
    ),
    "timely_statement_share": (
        MeasurePart("statements", ON_TIME, "1"),
        MeasurePart("statements", "true", "1"),
    ),
    "credit_coverage": (
        MeasurePart("credits", "is_first_of_derivative and is_fully_credited", "1"),
        MeasurePart("credits", "is_first_of_derivative", "1"),
    ),
    "source_lift": (
        MeasurePart("connection", COMPARED, "source_play_28_days_count", "month"),
        MeasurePart("connection", COMPARED, "expected_source_play_28_days_count", "month"),
    ),
    "unlicensed_launch_count": (
        MeasurePart(
            "launches", f"is_before_contract and {LICENSED}", "1", "", "first_used_at", "signed_at"
        ),
        None,
    ),
    "unlicensed_training_count": (
        MeasurePart(
            "training-uses",
            "not is_licensed",
            "1",
            "cast(date_trunc('month', included_at) as date)",
        ),
        None,
    ),
}
