"""Finds the reports of issued months that the ledger keeps for packages.

`evidence` stores them with a draft; `packages` reads them.
"""

from itertools import groupby
from pathlib import Path

from linernotes.base.clock import instant
from linernotes.base.settings import Settings
from linernotes.ledger.issuances import Issuance, issuances
from linernotes.ledger.records import StatementRecord
from linernotes.statements.evidence import OF_CONTRACT, OF_THE_CONTRACT, SHOWN

# Kinds for which each statement of a month keeps its own rows.
BY_CONTRACT = (OF_CONTRACT, OF_THE_CONTRACT)

# Without the lines of an issue nothing was stored for its package.
LINES_SHOWN = "compensation_lines"


def issued_reports(settings: Settings, partner_id: str) -> dict[str, dict[str, list[Path]]]:
    """The files with the reports of a partner's issued months, by month and kind.

    Rows of one contract come from each of the month's statements; reports on the partner as a whole
    come from the statement with the latest freeze.

    Args:
        settings: The home.
        partner_id: The partner.

    Returns:
        By report month, `YYYY-MM`, the kinds of `SHOWN` that were stored with each of its
        statements. A month is left out if one of them has no stored lines.
    """
    found = sorted(
        (
            (one, _files(settings, issuance, one))
            for issuance in issuances(settings)
            for one in issuance.statements
            if one.partner_id == partner_id
        ),
        key=lambda pair: (pair[0].report_month, instant(pair[0].known_at), pair[0].statement_id),
    )
    kept = {}
    for month, group in groupby(found, lambda pair: pair[0].report_month):
        own = [files for _, files in group]
        kinds = {kind for kind in SHOWN if all(kind in files for files in own)}
        if LINES_SHOWN in kinds:
            kept[month] = {
                kind: [files[kind] for files in (own if rows in BY_CONTRACT else own[-1:])]
                for kind, (_, rows) in SHOWN.items()
                if kind in kinds
            }
    return kept


def _files(settings: Settings, issuance: Issuance, statement: StatementRecord) -> dict[str, Path]:
    return {
        entry["kind"]: settings.ledger_root / entry["name"]
        for entry in issuance.evidence
        if entry["statement_id"] == statement.statement_id
    }
