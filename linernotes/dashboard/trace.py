"""One record and the records behind it: for a line its uses, contract, consent, and so on.

`drill` lists the rows.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from linernotes.dashboard import drill, wording
from linernotes.dashboard.blocks import Block, Facts, Heading, Kind, Link, Note
from linernotes.dashboard.drill import RowSet, read_rows
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import Money, uses_of
from linernotes.dashboard.row_tables import TABLES, rows_href
from linernotes.dashboard.selection import NotThere

FEW = 20
# The columns that a line shares with the uses behind it.
KEYS = (
    "usage_month",
    "territory",
    "product_id",
    "tier",
    "side",
    "contract_id",
    "object_id",
    "owner_party_id",
    "hold_bucket",
    "consent_status",
    "consent_proof_id",
)
KINDS = {
    "line": ("Compensation line", "lines", "line_id"),
    "statement": ("Statement", "statements", "statement_id"),
    "event": ("AI version or generation", "uses", "derivative_id"),
    "action": ("Removal action", "actions", "puid"),
    "decision": ("Consent decision", "decisions", "decision_id"),
    "contract": ("Contract", "contracts", "contract_id"),
    "recording": ("Recording", "recordings", "recording_id"),
    "incident": ("Incident", "incidents", "incident_id"),
    "pool": ("Revenue pool", "pools", "pool_id"),
}
NOT_OF_A_RECORD = {"line_key", "usage_layer", "pool_id"}


def title_of(kind: str, key: str) -> str:
    """The title of a record's page.

    Raises:
        NotThere: if there is no such kind of record.
    """
    if kind not in KINDS:
        raise NotThere(f"There is no kind of record “{kind}”.")
    return f"{KINDS[kind][0]} {key}"


def trace(figures: Figures, kind: str, key: str) -> Iterator[Block]:
    """A record and the records that belong to it.

    Raises:
        NotThere: if it is not in the published data.
    """
    if kind == "event":
        yield from _event(figures, key)
        return
    _, table, column = KINDS[kind]
    order = "recorded_at desc" if kind in {"decision", "contract"} else "all"
    names, rows = figures.view.table(
        f"select * from {TABLES[table]} where {column} = ? order by {order} limit 1", (key,)
    )
    if not rows:
        raise NotThere(f"{KINDS[kind][0]} “{key}” is not in the published data.")
    row = dict(zip(names, rows[0], strict=True))
    yield _facts(figures, "What it says", row)
    more = {
        "line": _line,
        "statement": _statement,
        "action": _action,
        "decision": _decision,
        "contract": _contract,
        "recording": _recording,
        "incident": _incident,
        "pool": _pool,
    }
    yield from more[kind](figures, row)


def _line(figures: Figures, line: Mapping[str, Any]) -> Iterator[Block]:
    if line["pool_id"] is not None:
        same = {key: line[key] for key in KEYS}
        yield from _listed(figures, "Uses it was made from", "uses", same)
    elif line["contract_id"] is not None:
        yield from _listed(
            figures,
            "Lines of its contract in the month",
            "lines",
            {"contract_id": line["contract_id"], "report_month": line["report_month"]},
        )
    proofs = [one for one in (line["consent_proof_id"] or "").split("+") if one and "#" not in one]
    if proofs:
        yield from _listed(figures, "Consent it relies on", "decisions", {"decision_id": proofs})
    elif "#" in (line["consent_proof_id"] or ""):
        yield Note(f"It relies on a clause of the contract: {line['consent_proof_id']}.")
    if line["contract_id"] is not None:
        yield from _listed(
            figures,
            "Contract",
            "contracts",
            {"contract_id": line["contract_id"], "contract_version": line["contract_version"]},
        )
        yield from _listed(
            figures,
            "Statement",
            "statements",
            {"contract_id": line["contract_id"], "report_month": line["report_month"]},
        )
    if line["pool_id"] is not None:
        yield from _listed(figures, "Revenue pool", "pools", {"pool_id": line["pool_id"]})
    if line["original_line_id"] is not None:
        yield from _listed(
            figures, "Line that it amends", "lines", {"line_id": line["original_line_id"]}
        )


def _statement(figures: Figures, statement: Mapping[str, Any]) -> Iterator[Block]:
    same = {key: statement[key] for key in ("contract_id", "report_month")}
    yield from _listed(figures, "Lines", "lines", same)
    yield from _listed(figures, "Contract", "contracts", {"contract_id": statement["contract_id"]})


def _event(figures: Figures, key: str) -> Iterator[Block]:
    names, rows = figures.view.table(
        "select * from published.marts.dim_derivatives where derivative_id = $1 "
        "or generation_id = $1 order by all limit 1",
        (key,),
    )
    condition = "? in (use_id, generation_id, derivative_id)"
    uses = RowSet("uses", TABLES["uses"], (condition,), (key,))
    found = read_rows(figures, uses, "Recordings and works it draws on", limit=FEW)
    if not rows and not found.count:
        raise NotThere(f"No generation, AI version or use “{key}” is in the published data.")
    if rows:
        yield _facts(figures, "What it is", dict(zip(names, rows[0], strict=True)))
    yield Heading("Recordings and works it draws on")
    yield found.table
    if found.count > FEW:
        yield Note(f"{FEW} of {found.count:,} uses are shown.")
    yield from _listed(figures, "Credits", "credits", {"derivative_id": key})
    yield from _listed(figures, "Removal actions", "actions", {"derivative_id": key})


def _action(figures: Figures, action: Mapping[str, Any]) -> Iterator[Block]:
    yield from _listed(figures, "Notices", "notices", {"puid": action["puid"]})
    yield from _listed(figures, "Appeals", "appeals", {"puid": action["puid"]})
    if action["case_id"]:
        same = {"case_id": action["case_id"]}
        yield from _listed(figures, "Actions of the same case", "actions", same)


def _decision(figures: Figures, decision: Mapping[str, Any]) -> Iterator[Block]:
    same = {"decision_id": decision["decision_id"]}
    yield from _listed(figures, "Versions", "decisions", same)
    proof = RowSet(
        "lines",
        TABLES["lines"],
        ("list_contains(string_split(consent_proof_id, '+'), ?)",),
        (decision["decision_id"],),
    )
    yield from _table(figures, "Lines that rely on it", proof, "")


def _contract(figures: Figures, contract: Mapping[str, Any]) -> Iterator[Block]:
    same = {"contract_id": contract["contract_id"]}
    yield from _listed(figures, "Versions", "contracts", same)
    yield from _listed(figures, "Statements", "statements", same)


def _incident(figures: Figures, incident: Mapping[str, Any]) -> Iterator[Block]:
    """The subject of an incident, as far as it is named."""
    for title, table, column in (
        ("Consent decision", "decisions", "decision_id"),
        ("Contract", "contracts", "contract_id"),
        ("AI version", "credits", "derivative_id"),
        ("Removal actions", "actions", "case_id"),
    ):
        if incident[column] is not None:
            yield from _listed(figures, title, table, {column: incident[column]})
    if incident["object_id"] is not None and incident["side"] is not None:
        same = {
            key: incident[key] for key in ("object_id", "side", "owner_party_id", "usage_month")
        }
        yield from _listed(figures, "Uses of the month", "uses", same)


def _pool(figures: Figures, pool: Mapping[str, Any]) -> Iterator[Block]:
    same = {"pool_id": pool["pool_id"]}
    yield from _listed(figures, "Contract fees", "pool-fees", same)
    yield from _listed(figures, "Lines", "lines", same)


def _recording(figures: Figures, recording: Mapping[str, Any]) -> Iterator[Block]:
    same = {"object_id": recording["recording_id"]}
    yield from _listed(figures, "Consent decisions", "decisions", same)
    yield from _listed(figures, "Lines", "lines", same)
    yield from _listed(figures, "Uses", "uses", same)


def _listed(figures: Figures, title: str, table: str, where: Mapping[str, Any]) -> Iterator[Block]:
    texts = {
        column: ["" if one is None else str(one) for one in values]
        for column, value in where.items()
        for values in [value if isinstance(value, list) else [value]]
    }
    wanted = drill.table_rows(figures, table, texts)
    yield from _table(figures, title, wanted, rows_href(table, **where))


def _table(figures: Figures, title: str, wanted: RowSet, href: str) -> Iterator[Block]:
    found = read_rows(figures, wanted, title, limit=FEW)
    if not found.count:
        return
    yield Heading(title)
    yield found.table
    if found.count > FEW:
        yield Note(f"{FEW} of {found.count:,} rows are shown.")
        if href:
            yield _all_rows(found.count, href)


def _all_rows(count: int, href: str) -> Facts:
    return Facts("", [("All rows", Link(f"{count:,} rows", href), "text")])


def _facts(figures: Figures, title: str, row: Mapping[str, Any]) -> Facts:
    facts: list[tuple[str, Any, Kind]] = []
    for name, value in row.items():
        if value is None or value == "" or name in NOT_OF_A_RECORD or name == "currency_code":
            continue
        shown: Any = value
        kind = drill.kind_of(name)
        if name == "weight_nano":
            shown, kind = uses_of(value), "count"
        if drill.is_amount(name):
            code = row.get("currency_code") or row.get("payout_currency_code")
            shown = Money(value, code) if code else value
        elif isinstance(value, str):
            shown = drill.in_words(figures, name, value)
        elif isinstance(value, bool):
            shown = "Yes" if value else "No"
        facts.append((wording.column_name(name), shown, kind))
    return Facts(title, facts)
