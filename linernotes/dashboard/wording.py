"""The names of codes, columns and promises on the pages.

Metrics define their figures; `packages.wording` explains the holds.
"""

from typing import NamedTuple

from linernotes.packages import wording

TITLE = "Executive dashboard"
NO_RESULTS = "No results for this selection."
NO_ACTIVITY = "No activity in this period for this selection."
WIDEN = "Widen the period or clear a filter."
FILTERS_DO_NOT_APPLY = "All published data; filters do not apply."
WENT_WRONG = "Something went wrong on this page. Try again; if it persists, contact the data team."


class Promise(NamedTuple):
    """A promise: its name, and the commitment in a few words."""

    name: str
    commitment: str


PROMISES = {
    "agreements": Promise("Agreements", "No product before its agreements."),
    "choice": Promise("Choice", "No use without consent."),
    "pay": Promise("Fair pay", "Everyone is paid, and every cent is traceable."),
    "credit": Promise("Credit", "Every creator is credited."),
    "connection": Promise("Connection", "AI versions bring fans to the original artist."),
}
# Measures of the promises: name and definition.
MEASURES = {
    "licensed_use_share": (
        "Use under contract",
        "Share of use of known owners under a contract in force at that instant.",
    ),
    "licensed_money_share": (
        "Earnings under contract",
        "Earnings under a contract, of those and what is on hold because there is none.",
    ),
    "unlicensed_launch_count": (
        "Launches before agreements",
        "Products that were used in the month before a contract they need was signed.",
    ),
    "unlicensed_training_count": (
        "Training without licence",
        "Recordings and works, by owner, that were trained on in the month without a contract.",
    ),
    "consented_use_share": (
        "Use with consent",
        "Share of use that every required party, or its contract, had allowed.",
    ),
    "paid_share": (
        "Earnings paid",
        "Share of gross earnings, also those without a contract, that is not on hold.",
    ),
    "held_long_share": (
        "On hold over 90 days",
        "Held for more than 90 days, as a share of gross earnings to date.",
    ),
    "timely_statement_share": (
        "Statements on time",
        "Share of statements issued by the 25th of the following month.",
    ),
    "credit_coverage": (
        "Fully credited derivatives",
        "Share of derivatives that show every source artist and writer.",
    ),
    "source_lift": (
        "Uplift in plays of the original",
        "Plays of the original within 28 days versus matched controls, with the 95 % interval.",
    ),
}
STEPS = {
    "net_revenue": "Net revenue",
    "service_margin": "Service's margin",
    "no_payee": "Accrued, payee unknown",
    "exchange_difference": "Exchange and rounding differences",
    "training_fees": "Training fees",
    "gross_earnings": "Gross earnings",
    "on_hold": "On hold",
    "adjustments": "Adjustments",
    "carried_in": "Brought forward",
    "guarantee": "Minimum guarantee top-up",
    "reserve_released": "Reserve released",
    "resumed": "Resumed accounts",
    "umbrella_fee": "Collective/aggregator commission",
    "reserve_taken": "Reserve",
    "recouped": "Advance recouped",
    "tax": "Tax withheld",
    "penalty": "Penalties",
    "suspended": "Suspended accounts",
    "carried_out": "Carried forward",
    "amount_due": "Amount due",
    "earned": "Usage earnings",
    "held": "On hold",
    "contract_fees": "Contract fees",
    "accrued": "Accrued, payee unknown",
    "kept_by_service": "Service's margin",
    "payable": "Amount due",
}
HOLDS = {
    "CONSENT": "no consent",
    "DISPUTE": "ownership dispute",
    "FRAUD": "fraud review",
    "NO_USAGE": "no usage reported",
    "REMOVAL": "removed, appeal window open",
    "SUSPENDED": "account suspended",
    "UNATTRIBUTED": "source unknown",
    "UNCLAIMED": "unclaimed",
    "UNMATCHED": "no catalogue match",
    "UNROUTED": "no payee",
    "BELOW_MINIMUM": "below minimum payout",
}
OWNERS = {
    "rightsholder": "Rightsholder",
    "claimants": "Claimants",
    "finance": "Finance",
    "licensing": "Licensing",
    "product": "Product",
    "rights_data": "Rights data",
    "trust_and_safety": "Trust and safety",
}
COLUMNS = {
    "partner_id": "Partner",
    "product_id": "Product",
    "product_ids": "Products",
    "use_type": "Use",
    "programme_reason": "Reason",
    "block_reason": "Reason",
    "hold_bucket": "On hold because",
    "consent_status": "Consent",
    "step_name": "Step",
    "amount": "Amount",
    "reporting_amount": "Indicative",
    "object_id": "Recording or work",
    "owner_party_id": "Owner",
    "currency_code": "Currency",
    "payout_currency_code": "Payout currency",
    "statement_state": "State",
    "puid": "Action",
    "voice": "Decides as",
    "counted": "Counted",
    "isrc": "ISRC",
    "report_month": "Month",
    "used_at": "Used",
    "within_day_count": "Ends within days",
    "trailing_amount": "Paid in the last three months",
    "next_action_by": "Acts next",
    "incident_kind": "Kind",
    "incident_status": "Status",
    "item_count": "Uses or items",
    "weight_nano": "Weighted uses",
    "earned_amount": "Earned",
    "correction_amount": "Adjustments",
    "held_amount": "On hold",
    "payable_amount": "Amount due",
    "carried_amount": "Carried forward",
    "released_amount": "Released",
    "opened_month": "On hold since",
    "table_name": "Table",
    "check_name": "Check",
    "unexpected_count": "Rows",
    "is_latest": "Latest run",
}
# Codes with a text that says more than the code.
CODES = {
    "*": "All uses",
    "MASTER": "Recordings",
    "WORK": "Works",
    "WW": "Worldwide",
    "ai_label": "AI label",
    "seo_hack": "Search manipulation",
    "impersonation_voice": "Voice impersonation",
    "unconsented": "No consent",
    "late_consent": "Consent came later",
    "leakage": "Used after revocation",
    "contract_default": "Contract default",
    "issued": "Issued",
    "draft": "Draft",
    "allow": "Granted",
    "deny": "Refused",
}


def column_name(name: str) -> str:
    """The display name of a column."""
    return COLUMNS.get(name) or wording.plain(name.removesuffix("_id").removesuffix("_code"))


def hold_name(bucket: str | None) -> str:
    """The name of a hold: On hold: no consent."""
    return f"On hold: {HOLDS.get(bucket or '', wording.plain(bucket).lower())}"


def code_text(column: str, code: str) -> str:
    """The text for a code."""
    if column == "step_name":
        return STEPS.get(code, wording.plain(code))
    if column == "hold_bucket":
        return HOLDS.get(code, wording.plain(code)).capitalize()
    if column == "line_type":
        return wording.line_type_name(code)
    if column in {"next_action_by"}:
        return OWNERS.get(code, wording.plain(code))
    return CODES.get(code) or wording.plain(code)
