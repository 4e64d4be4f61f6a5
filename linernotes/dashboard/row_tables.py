"""The tables whose rows can be shown: their names, their columns, and the links of their rows.

`drill` reads the rows.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

MARTS, REPORTS = "published.marts", "published.reports"
LINES = f"{MARTS}.fct_compensation_lines"
# Columns that are of no use to readers, or that repeat another column.
HIDDEN = {
    "line_key",
    "pool_id",
    "usage_layer",
    "contract_version",
    "partner_name",
    "product_name",
    "step_number",
    "reporting_currency_code",
    "is_result",
    "member_party_id",
    "isrc",
    "is_issued",
    "original_line_id",
    "weight_nano",
    "source_weight_nano",
    "ownership_share",
    "late_proof_id",
    "consent_denied_by",
    "judged_at",
    "play_date",
}
# Tables by their names in addresses; the value is the published table.
TABLES = {
    "steps": f"{MARTS}.fct_money_steps",
    "statements": f"{MARTS}.fct_statements",
    "lines": LINES,
    "holds": f"{MARTS}.fct_holds",
    "uses": f"{MARTS}.fct_source_uses",
    "monthly-uses": f"{MARTS}.fct_uses_monthly",
    "pools": f"{MARTS}.fct_pools",
    "pool-fees": f"{MARTS}.fct_pool_fees",
    "credits": f"{MARTS}.fct_derivative_credits",
    "actions": f"{MARTS}.fct_removal_actions",
    "notices": f"{MARTS}.fct_notices",
    "appeals": f"{MARTS}.fct_appeals",
    "decisions": f"{MARTS}.fct_consent_versions",
    "connection": f"{MARTS}.fct_fan_connection",
    "contracts": f"{MARTS}.dim_contracts",
    "unfiled": f"{REPORTS}.rpt_regulator__unfiled_actions",
    "recordings": f"{MARTS}.dim_recordings",
    "products": f"{MARTS}.dim_products",
    "checks": "published.quality.check_results",
    "rejected": "published.quality.quarantine_summary",
    "launches": f"{MARTS}.fct_launches",
    "training-uses": f"{MARTS}.fct_training_uses",
    "incidents": f"{MARTS}.fct_incidents",
    "expiring": f"{REPORTS}.rpt_executive__consent_expiries",
    "balances": f"{MARTS}.fct_balances",
    "concentration": f"{MARTS}.fct_income_concentration",
    "filings": f"{MARTS}.fct_regulator_filings",
}
TITLES = {
    "steps": "Money by step",
    "statements": "Statements",
    "lines": "Compensation lines",
    "holds": "Earnings on hold",
    "uses": "Uses of recordings and works",
    "monthly-uses": "Generations and plays by month",
    "pools": "Revenue pools",
    "pool-fees": "Contract fees by pool",
    "credits": "Credits of derivatives",
    "actions": "Removal actions",
    "notices": "Notices",
    "appeals": "Appeals",
    "decisions": "Consent decisions",
    "connection": "Audiences by recording",
    "contracts": "Contracts",
    "unfiled": "Removals with no statement of reasons filed",
    "recordings": "Recordings",
    "products": "Products",
    "checks": "Data checks",
    "rejected": "Rejected records",
    "launches": "Launches of products under contracts",
    "training-uses": "Recordings and works that models were trained on",
    "incidents": "Incidents",
    "expiring": "Consents that end",
    "balances": "Balances of advances, guarantees and reserves",
    "concentration": "Concentration of earnings by quarter",
    "filings": "Statements of reasons (DSA)",
}
# The columns shown of large tables; other tables show all columns that are not hidden.
SHOWN = {
    "lines": (
        "line_id",
        "report_month",
        "line_type",
        "partner_id",
        "product_id",
        "territory",
        "side",
        "object_id",
        "quantity",
        "amount",
        "currency_code",
        "hold_bucket",
        "consent_status",
    ),
    "uses": (
        "use_id",
        "derivative_id",
        "used_at",
        "product_id",
        "territory",
        "side",
        "object_id",
        "owner_party_id",
        "quantity",
        "consent_status",
        "hold_bucket",
        "exclusion_reason",
    ),
    "decisions": (
        "decision_id",
        "party_id",
        "voice",
        "object_id",
        "use_type",
        "product_id",
        "territory",
        "decision",
        "valid_from",
        "valid_to",
        "recorded_at",
    ),
    "actions": (
        "puid",
        "title",
        "partner_id",
        "programme_reason",
        "ai_status",
        "source_type",
        "automated_decision",
        "seconds_to_action",
        "play_before_count",
        "is_appealed",
        "is_overturned",
        "applied_at",
    ),
    "statements": (
        "contract_id",
        "partner_id",
        "side",
        "report_month",
        "statement_state",
        "earned_amount",
        "correction_amount",
        "held_amount",
        "payable_amount",
        "carried_amount",
        "currency_code",
        "issued_at",
    ),
    "contracts": (
        "contract_id",
        "contract_version",
        "partner_id",
        "side",
        "product_ids",
        "payout_currency_code",
        "model",
        "revenue_share",
        "valid_from",
        "valid_to",
        "signed_at",
    ),
    "incidents": (
        "incident_id",
        "incident_kind",
        "severity",
        "incident_status",
        "partner_id",
        "product_id",
        "object_id",
        "owner_party_id",
        "item_count",
        "opened_at",
        "due_date",
        "next_action_by",
    ),
    "expiring": (
        "decision_id",
        "partner_id",
        "party_name",
        "object_name",
        "use_type",
        "territory",
        "valid_to",
        "within_day_count",
        "trailing_amount",
        "currency_code",
    ),
    "checks": (
        "table_name",
        "check_name",
        "severity",
        "outcome",
        "reason",
        "unexpected_count",
        "checked_at",
    ),
    "recordings": ("recording_id", "title", "artist_names", "isrc", "delivered_at"),
}
# The most informative column, which is shown first and has the link.
KEYS = {
    "lines": "line_id",
    "holds": "line_id",
    "statements": "contract_id",
    "steps": "report_month",
    "uses": "use_id",
}
# The grain of a table whose first columns are not unique: rows of one value are in this order.
GRAINS = {
    "uses": (
        "use_id",
        "usage_layer",
        "side",
        "object_id",
        "owner_party_id",
        "contract_id",
        "hold_bucket",
    )
}


# The record that a row has a page of: its kind, and the column with its id, or the next one if that
# is empty.
RECORDS = {
    "lines": ("line", "line_id"),
    "holds": ("line", "line_id"),
    "statements": ("statement", "statement_id"),
    "balances": ("statement", "statement_id"),
    "uses": ("event", "derivative_id", "generation_id"),
    "credits": ("event", "derivative_id"),
    "actions": ("action", "puid"),
    "unfiled": ("action", "puid"),
    "filings": ("action", "puid"),
    "decisions": ("decision", "decision_id"),
    "expiring": ("decision", "decision_id"),
    "contracts": ("contract", "contract_id"),
    "launches": ("contract", "contract_id"),
    "connection": ("recording", "recording_id"),
    "recordings": ("recording", "recording_id"),
    "incidents": ("incident", "incident_id"),
    "pools": ("pool", "pool_id"),
    "pool-fees": ("pool", "pool_id"),
}


def rows_href(name: str, **where: object) -> str:
    """The address of the rows of a table whose columns have these values."""
    pairs = [
        (column, "" if value is None else str(value))
        for column, values in where.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    ]
    return f"/rows/table/{name}?{urlencode(pairs)}"


def trace_href(kind: str, key: str) -> str:
    """The address of the page of one record."""
    return f"/trace/{kind}/{quote(key, safe='')}"


def row_href(name: str, row: Mapping[str, Any]) -> str:
    """The link of a row: to its own record, or to the rows that it consists of."""
    if name in RECORDS:
        kind, *columns = RECORDS[name]
        key = next((row[column] for column in columns if row[column]), None)
        return trace_href(kind, key) if key else ""
    if name == "training-uses" and not row["is_licensed"]:
        keys = ("model_version", "product_id", "side", "owner_party_id")
        same = {key: row[key] for key in keys}
        return rows_href("incidents", incident_kind="training_without_licence", **same)
    if name == "steps":
        return _step_href(row)
    if name == "monthly-uses":
        keys = ("territory", "product_id", "tier", "use_type", "exclusion_reason")
        same = {key: row[key] for key in keys}
        return rows_href("uses", usage_month=row["report_month"], **same)
    return ""


def _step_href(row: Mapping[str, Any]) -> str:
    month, step = row["report_month"], row["step_name"]
    if step in {"net_revenue", "contract_fees", "kept_by_service"}:
        table = "pools" if step == "net_revenue" else "pool-fees"
        same = {key: row[key] for key in ("product_id", "territory", "currency_code")}
        return rows_href(table, usage_month=month, **same)
    if step in {"earned", "training_fees", "adjustments", "held", "accrued"}:
        keys = ("partner_id", "product_id", "territory", "side", "currency_code")
        same = {key: row[key] for key in keys}
        if step in {"held", "accrued"}:
            same["hold_bucket"] = row["hold_bucket"]
        if step in {"earned", "training_fees"}:
            same["line_type"] = "USAGE" if step == "earned" else "TRAINING_FEE"
        if step == "accrued":
            same["contract_id"] = None
        return rows_href("lines", report_month=month, **same)
    keys = ("partner_id", "side", "currency_code")
    return rows_href("statements", report_month=month, **{key: row[key] for key in keys})
