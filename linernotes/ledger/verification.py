"""Checks the ledger: every hash and signature, its heads and keys, and that nothing is missing.

`figure_checks` has the checks of the figures of an issuance, `packages` those of a package.
"""

from collections.abc import Iterator

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.figure_checks import figures_that_differ
from linernotes.ledger.files import ENTRY
from linernotes.ledger.heads import (
    Head,
    KnownHead,
    head_of,
    heads_elsewhere,
    known_heads,
    name_of,
)
from linernotes.ledger.incident_notes import changed_notes
from linernotes.ledger.issuances import (
    Issuance,
    LedgerProblem,
    changed_bytes,
    issuance_folders,
    issuances,
)
from linernotes.ledger.keys import key_changes, signing_key, way_between
from linernotes.ledger.records import ISSUED, StatementRecord

OLDER = (
    "this is an older copy of the ledger, or entries were removed. Restore the newest copy, one "
    "that has that entry; issue and deliver nothing before"
)


def verify_ledger(settings: Settings, kept: KnownHead | None = None) -> list[LedgerProblem]:
    """Recomputes the chain, signatures, evidence, line sets, headers and balances of the ledger.

    It must contain every head that is stored elsewhere in this home, and every statement that a
    package in the outbox has as issued.

    Args:
        settings: The home.
        kept: A head that was kept elsewhere, such as by an auditor.

    Returns:
        Faults, by issuance; empty if there are none.
    """
    problems = ledger_as_written(settings, kept)
    if problems:
        # Figures from changed files would only repeat these faults.
        return problems
    found = issuances(settings)
    problems += _statements_missing(settings, found)
    last: dict[str, StatementRecord] = {}
    seen: dict[str, int] = {}
    with duckdb.connect() as connection:
        for issuance in found:
            problems += figures_that_differ(settings, connection, issuance, last)
            last |= {one.contract_id: one for one in issuance.statements}
            for statement in issuance.statements:
                first = seen.setdefault(statement.statement_id, issuance.sequence)
                if first != issuance.sequence:
                    details = f"{statement.statement_id} is issued in {first:06d} already"
                    problems.append(LedgerProblem(issuance.sequence, ENTRY, details))
    return problems


def ledger_as_written(settings: Settings, kept: KnownHead | None = None) -> list[LedgerProblem]:
    """Changes in the ledger: bytes, notes, signatures, heads.

    It does not check figures.

    Args:
        settings: The home.
        kept: A head that was kept elsewhere.
    """
    return [
        *changed_bytes(settings),
        *changed_notes(settings),
        *_heads_that_differ(settings, kept),
    ]


def heads_that_differ(settings: Settings) -> list[LedgerProblem]:
    """Contradictions between the ledger and heads outside it, without a check of its files."""
    return list(_heads_that_differ(settings, None))


def _heads_that_differ(settings: Settings, kept: KnownHead | None) -> Iterator[LedgerProblem]:
    """Heads that the ledger does not have, and a key that is not the home's."""
    try:
        heads = {int(folder.name): head_of(folder) for folder in issuance_folders(settings)}
    except (LinernotesError, OSError) as reason:
        yield LedgerProblem(None, "issued", str(reason))
        return
    last = max(heads, default=0)
    is_vouched_for = False
    for known in (*([kept] if kept else []), *known_heads(settings)):
        if isinstance(known, LinernotesError):
            yield LedgerProblem(None, "ledger", str(known))
            continue
        number, own = known.head.number, heads.get(known.head.number)
        if own == known.head:
            is_vouched_for = True
        elif number > last:
            end = f"ends with entry {last}" if last else "is empty"
            details = f"the ledger {end}, and {known.source} refers to entry {number}: {OLDER}"
            yield LedgerProblem(None, "ledger", details)
        elif own is None or own.sha256 != known.head.sha256:
            details = (
                f"has SHA-256 {own.sha256 if own else 'none'}, and {known.source} has "
                f"{known.head.sha256}: the entry was replaced. Restore the ledger as it was"
            )
            yield LedgerProblem(number, ENTRY, details)
        else:
            details = f"its signature differs from that in {known.source}: one was changed"
            yield LedgerProblem(number, ENTRY, details)
    yield from _foreign_key(settings, heads, is_vouched_for)


def _foreign_key(
    settings: Settings, heads: dict[int, Head], is_vouched_for: bool
) -> Iterator[LedgerProblem]:
    signed = [head for _, head in sorted(heads.items()) if head.public_key]
    if not signed:
        return
    try:
        key, changes = signing_key(settings), key_changes(settings)
    except LinernotesError as reason:
        yield LedgerProblem(None, "keys", str(reason))
        return
    if key is None and not is_vouched_for:
        details = (
            "the home has neither its key nor a head outside the ledger, so nothing proves that "
            "the ledger is the service's: restore keys, or give a head that you have kept"
        )
        yield LedgerProblem(None, "keys", details)
    elif key and way_between(signed[-1].public_key, key.public_key, changes) is None:
        details = (
            f"the last entry is signed with the key {signed[-1].key_id}, which is neither the "
            f"home's ({key.key_id}) nor one that it replaced"
        )
        yield LedgerProblem(signed[-1].number, ENTRY, details)


def _statements_missing(settings: Settings, found: list[Issuance]) -> Iterator[LedgerProblem]:
    """Issued statements in packages that the ledger lacks or has with other lines."""
    issued = {one.statement_id: one for issuance in found for one in issuance.statements}
    for path, content in heads_elsewhere(settings):
        if isinstance(content, LinernotesError) or content.get("state") != ISSUED:
            continue
        place = name_of(settings, path)
        stated = content.get("statements")
        if not isinstance(stated, list) or not all(isinstance(claim, dict) for claim in stated):
            details = f"{place} does not list its statements: restore it from a backup"
            yield LedgerProblem(None, "ledger", details)
            continue
        for claim in stated:
            statement_id = str(claim.get("statement_id"))
            own = issued.get(statement_id)
            if own is None:
                details = f"{statement_id} is issued in {place}, but not in the ledger: {OLDER}"
                yield LedgerProblem(None, "ledger", details)
            elif claim.get("line_set_sha256") != own.line_set_sha256:
                details = (
                    f"{statement_id} has other lines in the ledger than in {place}: one was changed"
                )
                yield LedgerProblem(None, "ledger", details)
