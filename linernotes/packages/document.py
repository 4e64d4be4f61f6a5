"""The statement as a PDF, for people: what is paid and why.

Every figure comes from a statement or a report; DuckDB computes the sums, as decimals.
`statement.typ` defines the layout of parts, and `wording` the words for codes.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from linernotes.ledger.records import ISSUED
from linernotes.packages import wording
from linernotes.packages.document_figures import Figures, Statements
from linernotes.packages.document_holds import what_is_on_hold
from linernotes.packages.document_money import (
    amounts_due,
    balances,
    exchange_rates,
    how_it_comes_about,
    month_by_month,
    tax,
)
from linernotes.packages.document_parties import statement_name, who_pays_whom
from linernotes.packages.document_parts import (
    Part,
    count,
    counted,
    heading,
    money,
    paragraph,
    rate,
    table,
)
from linernotes.packages.document_usage import adjustments, members, top_objects, usage
from linernotes.packages.fonts import REPLACEMENT, readable
from linernotes.packages.manifest import package_state
from linernotes.packages.typesetting import typeset

ISSUED_NOTE, DRAFT_NOTE = "Issued", "DRAFT: not approved, not payable"
# A footer has room for this many ids; the last page lists all of them.
IDS_IN_FOOTER = 3
# What silence means under a contract's clause.
SILENCE = {"allow": "allowed", "deny": "refused"}


def write_document(
    path: Path,
    figures: Figures,
    partner_name: str,
    statements: Statements,
    mark: str,
) -> None:
    """Writes the PDF of one partner and month; the same figures give the same bytes.

    Args:
        path: The file.
        figures: The figures of the partner and month.
        partner_name: The partner's name for readers.
        statements: The partner's statements of the month, at least one.
        mark: Ties the PDF to its package; it becomes the PDF's keyword.
    """
    content = _content(figures, partner_name, statements) | {"keywords": [mark]}
    path.write_bytes(typeset(content, known_at_of(statements)))


def _content(figures: Figures, partner_name: str, statements: Statements) -> dict[str, Any]:
    month, partner_name = wording.month_name(figures.month), readable(partner_name)
    known_at = known_at_of(statements)
    is_issued = package_state(list(statements.records)) == ISSUED
    cut_off = f"{wording.day_name(known_at.date())}, {known_at:%H:%M} UTC"
    parts: list[Part] = [*who_pays_whom(figures, statements, cut_off)]
    for section in SECTIONS:
        parts += section(figures, statements)
    ids = [statement_name(one) for one in statements.records]
    more = f" and {len(ids) - IDS_IN_FOOTER} more" if len(ids) > IDS_IN_FOOTER else ""
    return {
        "title": f"AI royalty statement, {month}",
        "subtitle": f"For {partner_name}. Data cut-off: {cut_off}.",
        "header": f"{partner_name} · {month}",
        "footer": readable(" · ".join(ids[:IDS_IN_FOOTER]) + more),
        "state": ISSUED_NOTE if is_issued else DRAFT_NOTE,
        "is_draft": not is_issued,
        "date": {"year": known_at.year, "month": known_at.month, "day": known_at.day},
        "parts": parts,
    }


def known_at_of(statements: Statements) -> datetime:
    """The latest freeze of the statements, UTC."""
    latest = max(statement.known_at for statement in statements.records)
    return datetime.fromisoformat(latest).astimezone(UTC)


def _removals(figures: Figures, statements: Statements) -> Iterator[Part]:
    yield heading("Removals")
    rows = figures.ask(
        "rpt_partner__removals_monthly",
        "programme_reason, sum(action_count)::bigint, sum(distinct_recording_count)::bigint, "
        "sum(distinct_uploader_count)::bigint, sum(overturned_action_count)::bigint, "
        "sum(appeal_decided_action_count)::bigint, sum(appealed_action_count)::bigint",
        "group by all order by sum(action_count) desc, programme_reason",
    )
    if not rows:
        yield paragraph("No action was taken in this month against content that concerns you.")
    else:
        yield table(
            [
                "*Reason",
                "#Actions",
                "#Recordings",
                "#Uploaders",
                "#Appealed",
                "#Overturned (of decided)",
            ],
            [
                [
                    wording.plain(reason),
                    *map(count, counts),
                    rate(appealed, counts[0]),
                    rate(overturned, decided),
                ]
                for reason, *counts, overturned, decided, appealed in rows
            ],
        )
    moved = figures.ask(
        "rpt_partner__removal_money",
        "currency_code, held_amount, returned_to_pool_amount, paid_on_reinstatement_amount, "
        "adjusted_amount",
        "order by currency_code",
    )
    if moved:
        yield table(
            [
                "*Removals",
                "#Put on hold",
                "#Returned to pool",
                "#Paid on reinstatement",
                "#Adjusted",
            ],
            [
                [currency, *(money(amount, currency) for amount in amounts)]
                for currency, *amounts in moved
            ],
        )


def _consent_and_credit(figures: Figures, statements: Statements) -> Iterator[Part]:
    yield heading("Consent and credit")
    yield from _relied_on(figures)
    yield from _in_force(figures)
    credited = figures.ask(
        "rpt_partner__credit_coverage",
        "product_name, covered_derivative_count, derivative_count, shown_credit_count, "
        "required_credit_count",
        "order by product_name",
    )
    if credited:
        yield table(
            ["*Product", "#Fully credited derivatives", "#Credits displayed"],
            [
                [name, rate(covered, all_derivatives), rate(shown, required)]
                for name, covered, all_derivatives, shown, required in credited
            ],
        )


def _relied_on(figures: Figures) -> Iterator[Part]:
    """The decisions and clauses that the lines name, by subject."""
    cited = figures.ask(
        "rpt_partner__consents",
        "object_type, use_type, count(distinct proof_id), "
        "count(distinct proof_id) filter (where is_changed)",
        "and is_cited and proof_kind = 'decision' group by all order by all",
    )
    clauses = figures.ask(
        "rpt_partner__consents",
        "proof_id, decision, cited_line_count",
        "and is_cited and proof_kind = 'clause' order by all",
    )
    yield paragraph(
        f"The lines of this month rely on "
        f"{counted(sum(row[2] for row in cited), 'consent decision')} "
        f"and {counted(len(clauses), 'contract clause')}. consents.csv holds each of them, whoever "
        "decided: its scope, dates, state and the hash of its evidence."
    )
    if cited:
        yield table(
            ["*Relied on: decisions about", "*Use", "#Decisions", "#Recorded this month"],
            [[wording.plain(row[0]), _use(row[1]), *map(count, row[2:])] for row in cited],
        )
    if clauses:
        yield table(
            ["*Relied on: contract clause", "*Without a decision, use is", "#Lines"],
            [[proof, SILENCE[decision], count(lines)] for proof, decision, lines in clauses],
        )


def _in_force(figures: Figures) -> Iterator[Part]:
    """The decisions on file at the end of the month, and what changed during it."""
    decisions = figures.ask(
        "rpt_partner__consents",
        "use_type, count(distinct proof_id) filter (where is_in_force and decision = 'allow'), "
        "count(distinct proof_id) filter (where is_in_force and decision = 'deny'), "
        "count(distinct proof_id) filter (where is_changed and not is_withdrawn), "
        "count(distinct proof_id) filter (where is_changed and is_withdrawn)",
        "and proof_kind = 'decision' and (is_in_force or is_changed) group by all order by all",
    )
    if not decisions:
        yield paragraph(
            "We have no individual decisions from you on file; your contract's default applies."
        )
        return
    yield table(
        [
            "*Decisions in force at month end",
            "#Granted",
            "#Refused",
            "#Recorded this month",
            "#Taken back this month",
        ],
        [[_use(row[0]), *map(count, row[1:])] for row in decisions],
    )


def _use(use_type: str) -> str:
    return "All uses" if use_type == "*" else wording.plain(use_type)


def _fans(figures: Figures, statements: Statements) -> Iterator[Part]:
    yield heading("Artist-fan connection")
    [(recordings, *counts)] = figures.ask(
        "rpt_partner__fan_connection",
        "count(distinct recording_id), sum(derivative_listener_count)::bigint, "
        "sum(source_listener_within_7_days_count)::bigint, sum(new_fan_count)::bigint, "
        "sum(follow_count)::bigint, sum(save_count)::bigint",
        # A recording's total; its territories have rows of their own.
        "and territory = 'WW'",
    )
    if not recordings:
        yield paragraph("None of your recordings had listeners of derivatives in this month.")
        return
    yield from _uplift(figures)
    yield table(
        [
            "#Recordings",
            "#Listeners of derivatives",
            "#Went on to play the original",
            "#New fans",
            "#Follows",
            "#Saves",
        ],
        [[count(recordings), *map(count, counts)]],
    )
    yield paragraph(wording.SUPPRESSION)


def _uplift(figures: Figures) -> Iterator[Part]:
    """Whether derivatives bring listeners to the partner's recordings, and how certain that is."""
    for recordings, uplift, lower, upper, detectable, verdict in figures.ask(
        "rpt_partner__fan_uplift",
        "recording_count, uplift_rate, lower_uplift_rate, upper_uplift_rate, "
        "detectable_uplift_rate, verdict",
    ):
        measured = (
            f"Uplift in plays of your recordings over matched controls: {_percent(uplift)}, "
            f"from {counted(recordings, 'recording')} whose plays are shown"
        )
        if lower is None:
            yield paragraph(f"{measured}. That is too few to tell whether it is more than chance.")
            continue
        sure = "" if verdict != "cannot_tell" else " It cannot be distinguished from no uplift."
        yield paragraph(
            f"{measured} (95 % interval {_percent(lower)} to {_percent(upper)}; an uplift under "
            f"{_percent(detectable)} would often be missed).{sure}"
        )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _method(figures: Figures, statements: Statements) -> Iterator[Part]:
    yield heading("Method")
    yield from map(paragraph, wording.METHOD)
    yield heading("Identifiers")
    yield table(
        ["Statement", "Version", "Data cut-off", "#Lines", "*SHA-256 of its lines"],
        [
            [
                one.statement_id,
                f"v{one.version}",
                one.known_at[:16].replace("T", " "),
                count(one.line_count),
                one.line_set_sha256,
            ]
            for one in statements.records
        ],
    )
    yield paragraph(
        f"Characters we cannot print appear as {REPLACEMENT}; the data files have them."
    )
    yield paragraph(
        "manifest.json has the hash of every file of this package; what is issued is signed. "
        "“python3 verify.py” in the package's folder checks both, and recomputes your share."
    )


Section = Callable[[Figures, Statements], Iterator[Part]]
SECTIONS: tuple[Section, ...] = (
    amounts_due,
    how_it_comes_about,
    month_by_month,
    what_is_on_hold,
    balances,
    tax,
    usage,
    members,
    top_objects,
    adjustments,
    exchange_rates,
    _removals,
    _consent_and_credit,
    _fans,
    _method,
)
