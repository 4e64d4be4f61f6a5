"""Prints traces, histories and simulations, as tables or as JSON.

`linernotes.lookback` computes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from linernotes.base.money import exact_text, money_text
from linernotes.cli.console import print_json, print_line, print_table

if TYPE_CHECKING:
    from linernotes.lookback import EventTrace, History, LineTrace, Simulation

Row = dict[str, Any]
MOST_ROWS = 50
LINE_FACTS = (
    "line_id", "line_type", "state", "report_month", "usage_month", "partner_id", "contract_id",
    "contract_version", "side", "object_id", "isrc", "owner_party_id", "territory", "product_id",
    "tier", "hold_bucket", "consent_status", "consent_proof_id", "usage_layer", "quantity",
    "weight_nano", "amount", "currency_code", "original_line_id",
)  # fmt: skip
DECISION_COLUMNS = (
    "decision_id", "party_id", "voice", "object_type", "object_id", "use_type", "product_id",
    "territory", "decision", "valid_from", "valid_to", "enforced_at", "recorded_at",
)  # fmt: skip
USE_COLUMNS = (
    "use_id", "generation_id", "quantity", "source_weight_nano", "ownership_share", "weight_nano",
    "consent_status", "judged_at",
)  # fmt: skip
RELATED_COLUMNS = (
    "line_id", "line_type", "state", "report_month", "usage_month", "hold_bucket", "amount",
    "currency_code",
)  # fmt: skip


def print_line_trace(trace: "LineTrace", as_json: bool) -> None:
    """Prints the events, terms and decisions of a line."""
    if as_json:
        return _print_json(asdict(trace))
    _print_facts("Line", {name: trace.line.get(name) for name in LINE_FACTS})
    for title, rows in (
        ("Statement", trace.statement),
        ("Pool and fee", trace.pool),
        ("Terms", trace.contract),
    ):
        for row in rows:
            _print_facts(title, row)
    _print_rows("Decisions of the proof, every version", trace.decisions, DECISION_COLUMNS)
    _print_rows("Revenue of the pool, every version", trace.revenue)
    _print_rows(f"Uses ({len(trace.uses):,})", trace.uses, USE_COLUMNS)
    weights = sum((Decimal(use["weight_nano"]) for use in trace.uses), Decimal(0))
    if trace.uses:
        print_line(
            f"Weight of the uses: {exact_text(weights)} nano-uses; of the line: "
            f"{trace.line['weight_nano']}."
        )
    _print_rows("Trained on", trace.inclusions)
    _print_rows("Plays found artificial", trace.artificial_plays)
    _print_rows("Lines that it is calculated from", trace.computed_from, RELATED_COLUMNS)
    _print_rows("Lines that it corrects, or that correct it", trace.related, RELATED_COLUMNS)
    return None


def print_event_trace(trace: "EventTrace", as_json: bool) -> None:
    """Prints the lines of an event."""
    if as_json:
        return _print_json(asdict(trace))
    _print_rows(f"Uses of {trace.event_id}", trace.uses)
    columns = ("use_id", "use_weight_nano", *RELATED_COLUMNS)
    _print_rows("Lines", trace.lines, columns, "No line: each use has its reason.")
    return None


def print_history(history: "History", as_json: bool) -> None:
    """Prints a report as of a past date, and what has changed."""
    if as_json:
        rows = [dict(zip(history.columns, row, strict=True)) for row in history.rows]
        return _print_json(
            {
                "report": history.report,
                "known_at": history.known_at,
                "rows": rows,
                "changes": [asdict(change) for change in history.changes],
                "totals": {" ".join(place).strip(): n for place, n in history.totals.items()},
            }
        )
    rows = [dict(zip(history.columns, row, strict=True)) for row in history.rows]
    _print_rows(f"{history.report} as known at {history.known_at}", rows, nothing="It was empty.")
    changed = [
        {
            **change.key,
            "change": change.kind,
            "now minus then": "; ".join(
                f"{name} {exact_text(number)}" for name, number in change.differences.items()
            ),
            "other": "; ".join(
                f"{name}: {was} -> {is_now}" for name, (was, is_now) in change.labels.items()
            ),
        }
        for change in history.changes
    ]
    _print_rows(
        f"What has changed since ({len(changed):,} rows)", changed, nothing="Nothing has changed."
    )
    for (name, currency), total in history.totals.items():
        print_line(f"{name} {currency}: {exact_text(total)} in all, the sum of the rows above")
    return None


def print_simulation(simulation: "Simulation", as_json: bool) -> None:
    """Prints who gains and who loses, and which clauses apply."""
    if as_json:
        return _print_json(asdict(simulation))
    print_table(
        f"Who gains and who loses in {simulation.month:%Y-%m}",
        ("partner", "contract", "line type", "held as", "now", "changed", "difference", "currency"),
        [
            (
                gain.partner_id or "nobody yet",
                gain.contract_id,
                gain.line_type,
                gain.hold_bucket,
                money_text(gain.amount_before, gain.currency_code),
                money_text(gain.amount_after, gain.currency_code),
                money_text(gain.difference, gain.currency_code),
                gain.currency_code,
            )
            for gain in simulation.gains
        ],
        ("now", "changed", "difference"),
        "Nobody gains or loses.",
    )
    print_table(
        "Most-favoured-nation clauses that apply",
        ("contract", "because of", "cost", "currency"),
        [
            (one.contract_id, one.cause, money_text(one.cost, one.currency_code), one.currency_code)
            for one in simulation.triggered
        ],
        ("cost",),
    )
    return None


def _print_facts(title: str, row: Row) -> None:
    facts = [
        (name, str(value) if name.endswith("version") else _text(value))
        for name, value in row.items()
        if value is not None
    ]
    print_table(title, ("what", "is"), facts)


def _print_rows(
    title: str, rows: list[Row], columns: Sequence[str] = (), nothing: str | None = None
) -> None:
    shown = rows[:MOST_ROWS]
    names = [name for name in columns or (rows[0] if rows else ()) if _has_values(name, shown)]
    print_table(title, names, _cells(shown, names), nothing=nothing)
    if len(rows) > MOST_ROWS:
        print_line(f"The first {MOST_ROWS} of {len(rows):,}; all of them: --json")


def _has_values(name: str, rows: Iterable[Row]) -> bool:
    return any(row.get(name) not in (None, 0) for row in rows)


def _cells(rows: list[Row], names: Sequence[str]) -> list[list[Any]]:
    return [[_text(row.get(name)) for name in names] for row in rows]


def _text(value: Any) -> Any:
    return exact_text(value) if isinstance(value, Decimal) else value


def _print_json(content: Any) -> None:
    print_json(content, _plain)


def _plain(value: Any) -> str:
    return exact_text(value) if isinstance(value, Decimal) else str(value)
