"""From a figure to the rows it sums, and from a row to what it is made of.

Every row set says which published table it reads and what a row counts; nothing else is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import Column, Kind, Link, Table
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import Money
from linernotes.dashboard.selection import NAMES, NotThere, Selection
from linernotes.packages import wording as codes

ROWS_SHOWN = 100
MOST_ROWS = 100_000
MARTS, REPORTS = "published.marts", "published.reports"
LINES = f"{MARTS}.fct_compensation_lines"
# Amounts of lines in the reporting currency, as `fct_promise_measures` takes them.
INDICATIVE = (
    "cast(cast(amount as decimal(19,6)) * cast((select indicative_rate from "
    "published.marts.dim_exchange_rates as rates where rates.rate_month = report_month "
    "and rates.currency_code = fct_compensation_lines.currency_code) "
    "as decimal(18,8)) as decimal(24,6))"
)
# Columns that say nothing to a reader, or the same as another one.
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
# Tables whose rows are read, as the address calls them; the value is the published table.
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
# Of large tables the columns that are shown; of others all that are not hidden.
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
    "recordings": ("recording_id", "recording_title", "artist_names", "isrc", "delivered_at"),
}
# The most telling column first: it heads the row and leads on.
KEYS = {
    "lines": "line_id",
    "holds": "line_id",
    "statements": "contract_id",
    "steps": "report_month",
    "uses": "use_id",
}


@dataclass(frozen=True)
class MeasurePart:
    """Rows of one side of a measure: the table, a condition, and what a row counts.

    Attributes:
        month: Column that equals the month; empty where every month up to it counts.
        instant: Column that lies before the month's end, where every month up to it counts.
        until: Column that lies after the month's beginning, where a row counts until then.
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
# A statement is late from the 26th of the month after its own, as in `fct_promise_measures`.
LATE_FROM = "(report_month + interval 1 month + interval 25 day)"
ON_TIME = f"issued_at < {LATE_FROM}"
# Numerator and denominator of the measures of promises, as `fct_promise_measures` counts them.
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


@dataclass(frozen=True)
class RowSet:
    """Rows behind a figure.

    Attributes:
        name: The table, as the address calls it; empty for one that has no name there.
        relation: The published table.
        conditions: SQL that rows fulfil.
        parameters: Its parameters by position.
        value: SQL of what a row counts; empty where nothing is counted.
        distinct: SQL of what is counted once however many rows have it; empty otherwise.
        is_money: Whether that is an amount in the reporting or its own currency.
    """

    name: str
    relation: str
    conditions: tuple[str, ...]
    parameters: tuple[Any, ...]
    value: str = ""
    currency: str = ""
    distinct: str = ""


def metric_rows(
    figures: Figures, metric: str, months: Sequence[date], where: Mapping[str, Sequence[str]]
) -> RowSet:
    """The rows of a metric that is no quotient, of the selection and what `where` adds."""
    figures.info(metric)
    source = figures.view.catalog.source(metric)
    conditions = [
        f"cast(date_trunc('month', {source.month}) as date) between ? and ?",
        f"({source.value}) is not null",
    ]
    if source.is_sum:
        conditions.append(f"({source.value}) <> 0")
    parameters: list[Any] = [months[0], months[-1]]
    wanted = figures.filters(set(source.dimensions)) | {
        name: tuple(values) for name, values in where.items()
    }
    for name, values in wanted.items():
        if name not in source.dimensions:
            raise NotThere(f"{figures.info(metric).label} is not available by {codes.plain(name)}.")
        expression = source.dimensions[name]
        if values == ("",):
            conditions.append(f"({expression}) is null")
        else:
            conditions.append(f"list_contains(?, {expression})")
            parameters.append(values)
    name = next((key for key, table in TABLES.items() if table == source.table), "")
    is_money = figures.info(metric).unit == "money"
    in_reporting = source.dimensions.get("currency_code") == "reporting_currency_code"
    return RowSet(
        name,
        source.table,
        tuple(conditions),
        tuple(parameters),
        source.value if source.is_sum else "",
        (figures.currency if in_reporting else "own") if is_money else "",
        source.value if source.is_distinct else "",
    )


def measure_rows(figures: Figures, measure: str, part: str, month: date) -> RowSet:
    """The rows of a promise's measure in a month: of its numerator, or its denominator.

    Raises:
        NotThere: if there is no such measure or part.
    """
    if measure == "held_long_share":
        condition = (
            "opened_month + interval 4 month <= ? + interval 1 month "
            "and hold_bucket <> 'BELOW_MINIMUM' "
            "and (released_month is null or released_month > ? or amount <> released_amount)"
        )
        return RowSet("holds", TABLES["holds"], (condition,), (month, month), "", "own")
    above, below = MEASURES.get(measure, (None, None))
    found = above if part == "numerator" else below if part == "denominator" else None
    if found is None:
        raise NotThere(f"There are no rows for “{measure}”.")
    conditions = [found.condition]
    parameters: list[Any] = []
    if found.month:
        conditions.append(f"{found.month} = ?")
        parameters.append(month)
    if found.instant:
        conditions.append(f"{found.instant} < cast(? as date) + interval 1 month")
        parameters.append(month)
    if found.until:
        conditions.append(f"{found.until} > cast(? as date)")
        parameters.append(month)
    return RowSet(
        found.table,
        TABLES[found.table],
        tuple(conditions),
        tuple(parameters),
        found.value,
        figures.currency if found.value == INDICATIVE else "",
    )


def table_rows(figures: Figures, name: str, where: Mapping[str, Sequence[str]]) -> RowSet:
    """Rows of a table whose columns have the given values; an empty value is an absent one.

    Raises:
        NotThere: if there is no such table or column.
    """
    relation = TABLES.get(name)
    if relation is None:
        raise NotThere(f"There is no list “{name}”.")
    columns = _columns(figures, relation)
    conditions, parameters = [], []
    for column, values in where.items():
        if column not in columns:
            raise NotThere(f"{TITLES[name]} have no “{column}”.")
        if list(values) == [""]:
            conditions.append(f"{column} is null")
        elif list(values) == ["*"]:
            conditions.append(f"{column} is not null")
        else:
            conditions.append(f"list_contains(?, cast({column} as varchar))")
            parameters.append(tuple(values))
    return RowSet(name, relation, tuple(conditions), tuple(parameters))


def _columns(figures: Figures, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in figures.view.rows(f"describe {relation}")}


@dataclass(frozen=True)
class Rows:
    """What a row set holds: how many rows, what they sum to, and a page of them."""

    table: Table
    count: int
    total: Any


def read_rows(
    figures: Figures, wanted: RowSet, title: str, offset: int = 0, limit: int = ROWS_SHOWN
) -> Rows:
    """A page of rows, those that count most first, and the sum of all of them."""
    where = " and ".join(f"({one})" for one in wanted.conditions) or "true"
    short = wanted.relation.rsplit(".", 1)[1]
    relation = f"{wanted.relation} as {short}"
    counted = f", ({wanted.value}) as counted" if wanted.value else ""
    summed = f"sum({wanted.value})" if wanted.value else "null"
    if wanted.distinct:
        summed = f"count(distinct {wanted.distinct})"
    [(count, total)] = figures.view.table(
        f"select count(*), {summed} from {relation} where {where}", wanted.parameters
    )[1]
    names, found = figures.view.table(
        f"with rows as (select *{counted} from {relation} where {where}) select * from rows "
        f"order by {'abs(counted) desc, ' if counted else ''}"
        f"{_key_of(wanted, figures)} limit {limit} offset {offset}",
        wanted.parameters,
    )
    rows = [dict(zip(names, row, strict=True)) for row in found]
    columns = _shown_columns(wanted, names, rows)
    table = Table(
        wanted.name or short,
        title,
        [
            Column(_head(name, wanted), "money" if _counts_money(name, wanted) else kind_of(name))
            for name in columns
        ],
        [[_cell(figures, wanted, name, row, columns[0]) for name in columns] for row in rows],
    )
    return Rows(table, count, total)


def _key_of(wanted: RowSet, figures: Figures) -> str:
    columns = list(_columns(figures, wanted.relation))
    key = KEYS.get(wanted.name)
    return ", ".join(dict.fromkeys([key, *columns[:6]] if key else columns[:8]))


def _counts_money(name: str, wanted: RowSet) -> bool:
    return name == "counted" and bool(wanted.currency)


def _head(name: str, wanted: RowSet) -> str:
    if name == "counted":
        return f"Counted, {wanted.currency}" if wanted.currency not in ("", "own") else "Counted"
    return wording.column_name(name)


def _shown_columns(
    wanted: RowSet, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Columns that say something of these rows, the one that leads on first."""
    listed = SHOWN.get(wanted.name)
    shown = [
        name
        for name in names
        if (name in listed if listed else name not in HIDDEN)
        and name != "counted"
        and not ("counted" in names and name == "reporting_amount")
        and any(row[name] is not None for row in rows)
    ]
    key = KEYS.get(wanted.name)
    if key in shown:
        shown.remove(key)
        shown.insert(0, key)
    return [*shown[:1], *(["counted"] if "counted" in names else []), *shown[1:]] or list(names)[:1]


def kind_of(name: str) -> Kind:
    """How the values of a column are written."""
    if name == "counted":
        return "number"
    endings: dict[str, Kind] = {
        "_month": "month",
        "_amount": "money",
        "_count": "count",
        "_date": "date",
        "_at": "instant",
        "_seconds": "seconds",
        "_share": "share",
    }
    if name == "amount":
        return "money"
    if name in {"quantity", "minor_units", "subscribers"}:
        return "count"
    if name.startswith("seconds_"):
        return "seconds"
    return next((kind for ending, kind in endings.items() if name.endswith(ending)), "text")


def _cell(figures: Figures, wanted: RowSet, name: str, row: Mapping[str, Any], first: str) -> Any:
    value = row[name]
    if name == "counted" and wanted.currency and value is not None:
        is_own = wanted.currency == "own"
        return Money(value, (row.get("currency_code") or "") if is_own else wanted.currency)
    if is_amount(name) and value is not None:
        code = row.get("reporting_currency_code") if name == "reporting_amount" else None
        currency = code or row.get("currency_code") or row.get("payout_currency_code")
        value = Money(value, currency or figures.currency)
    elif isinstance(value, str):
        value = in_words(figures, name, value)
    elif isinstance(value, bool):
        value = "Yes" if value else "No"
    if name == first and (href := row_href(figures.selection, wanted.name, row)):
        return Link(value if value is not None else "–", href)
    return value


def is_amount(name: str) -> bool:
    """Whether a column holds amounts."""
    return name == "amount" or name.endswith("_amount")


def in_words(figures: Figures, column: str, code: str) -> str:
    """A code of a column in words; ids and texts stay what they are."""
    for kind in NAMES:
        if column in {f"{kind}_id", kind}:
            return figures.names[kind].get(code, wording.CODES.get(code, code))
    is_code = column in {
        "side",
        "hold_bucket",
        "line_type",
        "step_name",
        "consent_status",
        "statement_state",
        "use_type",
        "tier",
        "programme_reason",
        "ai_status",
        "decision",
        "voice",
        "next_action_by",
        "exclusion_reason",
        "block_reason",
        "use_basis",
        "notifier_kind",
        "appeal_outcome",
        "model",
        "incident_kind",
        "incident_status",
        "severity",
        "balance_kind",
        "filing_state",
        "gap_reason",
    }
    return wording.code_text(column, code) if is_code else code


def rows_href(name: str, **where: object) -> str:
    """Rows of a table whose columns have these values."""
    pairs = [
        (column, "" if value is None else str(value))
        for column, values in where.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    ]
    return f"/rows/table/{name}?{urlencode(pairs)}"


def trace_href(kind: str, key: str) -> str:
    """The page of one record."""
    return f"/trace/{kind}/{quote(key, safe='')}"


def row_href(selection: Selection, name: str, row: Mapping[str, Any]) -> str:
    """Where a row leads: to its own record, or to the rows it is made of."""
    if name in {"lines", "holds"}:
        return trace_href("line", row["line_id"])
    if name == "statements":
        return trace_href("statement", row["statement_id"])
    if name == "uses":
        return trace_href("event", row["derivative_id"] or row["generation_id"])
    if name == "credits":
        return trace_href("event", row["derivative_id"])
    if name in {"actions", "unfiled"}:
        return trace_href("action", row["puid"])
    if name == "decisions":
        return trace_href("decision", row["decision_id"])
    if name == "contracts":
        return trace_href("contract", row["contract_id"])
    if name == "connection":
        return trace_href("recording", row["recording_id"])
    if name == "launches" and row["contract_id"]:
        return trace_href("contract", row["contract_id"])
    if name == "incidents":
        return trace_href("incident", row["incident_id"])
    if name == "expiring":
        return trace_href("decision", row["decision_id"])
    if name == "balances":
        return trace_href("statement", row["statement_id"])
    if name == "filings":
        return trace_href("action", row["puid"])
    if name == "training-uses" and not row["is_licensed"]:
        keys = ("model_version", "product_id", "side", "owner_party_id")
        same = {key: row[key] for key in keys}
        return rows_href("incidents", incident_kind="training_without_licence", **same)
    if name == "recordings":
        return trace_href("recording", row["recording_id"])
    if name in {"pools", "pool-fees"}:
        return trace_href("pool", row["pool_id"])
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
