"""Writes partner packages into the outbox: one folder per partner, report month and version.

`package_files` writes the files, `versions` has the folders; nothing is sent here.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import duckdb

from linernotes.agreements import load_agreements
from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.ledger.files import USES_KIND
from linernotes.ledger.issuances import head_of_issue, instant_of_issue, last_public_key
from linernotes.ledger.keys import SigningKey, make_signing_key, signing_key
from linernotes.ledger.records import DRAFT, ISSUED, StatementRecord, month_start
from linernotes.ledger.verification import ledger_as_written
from linernotes.packages.datapackage import (
    comments_of_reports,
)
from linernotes.packages.interchange import what_is_agreed, write_interchange
from linernotes.packages.manifest import (
    Package,
    as_version,
    build_manifest,
    has_same_content,
    package_mark,
    package_state,
)
from linernotes.packages.package_files import (
    partner_name_of,
    write_aids,
    write_data_files,
    write_texts,
)
from linernotes.packages.sources import open_as_issued, open_current
from linernotes.packages.tables import table_rows
from linernotes.packages.unchanged import Note, inputs_sha256, read_note, write_note
from linernotes.packages.versions import (
    add_version,
    kept_issue,
    manifest_of,
    newest_version,
    package_of,
    versions_folder,
)
from linernotes.statements import current_statements, evidence_file, published_statements

Progress = Callable[[int, int, str], None]
# So many packages with so many lines are written in the time in which a process starts.
SOON_DONE_PACKAGES, SOON_DONE_LINES = 4, 1_000


@step("package")
def write_packages(
    settings: Settings,
    month: str | None = None,
    partner: str | None = None,
    on_progress: Progress | None = None,
    *,
    rewrite: bool = False,
) -> list[Package]:
    """Writes the package of every partner and month that has statements.

    A statement is packaged as issued, or else as its newest draft, approved or not. The content of
    an issued month comes from the ledger, as drafted, so its package has the same bytes whatever
    becomes known later, even if it is lost and written again. If the newest version of a package
    already has the same content, it is kept.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`; if left out, every month with statements.
        partner: Partner id; if left out, every partner.
        on_progress: Called after each package with the number done, the total number, and the
            partner and month just done.
        rewrite: Whether an issued package gets a new version if the agreement about its files has
            changed.

    Returns:
        The packages by partner and month, new or kept.

    Raises:
        LinernotesError: if there is no statement to package, if the published warehouse no longer
            agrees with the statements, or if the ledger was changed after it was written.
    """
    statements = [_as_packaged(one) for one in current_statements(settings, month, partner)]
    if not statements:
        raise LinernotesError(
            f"No statement is drafted for {month or 'any month'} and {partner or 'any partner'}: "
            "run `linernotes statement draft` first."
        )
    if any(one.state == ISSUED for one in statements):
        _require_ledger_as_written(settings)
    groups = [
        list(group)
        for _, group in groupby(statements, lambda one: (one.partner_id, one.report_month))
    ]

    add_facts(packages=len(groups), report_month=month or "every month")

    def report_progress(done: int, first: StatementRecord) -> None:
        if on_progress:
            on_progress(done, len(groups), f"{first.partner_id} {first.report_month}")

    agreements = load_agreements(settings)
    packages, changed = [], []
    for group in groups:
        inputs = inputs_sha256(settings, agreements, group)
        if not rewrite and (kept := _unchanged(settings, inputs, group[0])):
            packages.append(kept)
            report_progress(len(packages), group[0])
        else:
            changed.append((inputs, group))
    for first, package in _each_written(settings, changed, rewrite):
        packages.append(package)
        report_progress(len(packages), first)
    return sorted(packages, key=lambda one: (one.partner_id, one.report_month))


def _require_ledger_as_written(settings: Settings) -> None:
    """Refuses a changed ledger, because partners receive issued statements from it."""
    problems = ledger_as_written(settings)
    if problems:
        raise LinernotesError(
            f"The ledger is not as it was written, so no package is made from it: {problems[0]} "
            f"({len(problems)} in all). Run `linernotes verify --ledger`; "
            "docs/operators/restore.md says what to do."
        )


def _as_packaged(statement: StatementRecord) -> StatementRecord:
    """The statement as the partner sees it: all but issued statements are drafts."""
    return statement if statement.state == ISSUED else replace(statement, state=DRAFT)


def _each_written(
    settings: Settings, groups: list[tuple[str, list[StatementRecord]]], rewrite: bool
) -> Iterator[tuple[StatementRecord, Package]]:
    """Writes the packages, yielding each with one of its statements when it is done.

    A workbook is written in plain Python, so many packages are written in parallel processes; each
    opens the published file itself. Few small ones are done before such a process has started.
    """
    lines = sum(one.line_count for _, group in groups for one in group)
    is_soon_done = len(groups) <= SOON_DONE_PACKAGES and lines <= SOON_DONE_LINES
    workers = 1 if is_soon_done else min(len(groups), os.cpu_count() or 1)
    if workers <= 1:
        for inputs, group in groups:
            yield group[0], _write_alone(settings, inputs, group, rewrite)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        pending = {
            pool.submit(_write_alone, settings, inputs, group, rewrite): group[0]
            for inputs, group in groups
        }
        for future in as_completed(pending):
            yield pending[future], future.result()


def _unchanged(settings: Settings, inputs: str, statement: StatementRecord) -> Package | None:
    """The newest version of a package, if its inputs have not changed."""
    note = read_note(settings, statement)
    if note is None or note.inputs_sha256 != inputs:
        return None
    versions = versions_folder(settings, statement)
    if newest_version(versions) != note.version:
        return None
    folder = versions / f"v{note.version}"
    package = package_of(folder, manifest_of(folder), note.version, is_new=False)
    return package if package.manifest_sha256 == note.manifest_sha256 else None


def _write_alone(
    settings: Settings, inputs: str, statements: list[StatementRecord], rewrite: bool
) -> Package:
    package = _write_or_keep(settings, statements, rewrite)
    note = Note(inputs, package.version, package.manifest_sha256)
    write_note(settings, statements[0], note)
    return package


def _write_or_keep(settings: Settings, statements: list[StatementRecord], rewrite: bool) -> Package:
    first = statements[0]
    with open_current(settings) as connection:
        freeze = _freeze_of_current(connection, statements)
        versions = versions_folder(settings, first)
        if package_state(statements) != ISSUED:
            return _write_package(settings, connection, freeze, statements, versions)
    if not rewrite and (kept := kept_issue(versions, statements)):
        return kept
    with open_as_issued(settings, first.partner_id, first.report_month) as connection:
        return _write_package(settings, connection, freeze, statements, versions)


def _write_package(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    freeze: str,
    statements: list[StatementRecord],
    versions: Path,
) -> Package:
    partner_id, month = statements[0].partner_id, statements[0].report_month
    agreements = load_agreements(settings)
    agreed = what_is_agreed(agreements, partner_id)
    is_issued = package_state(statements) == ISSUED
    head = head_of_issue(settings, statements) if is_issued else None
    issued_at = instant_of_issue(settings, statements)
    issued_on = issued_at.date() if issued_at else None
    tables = table_rows(connection, partner_id, month_start(month))
    comments = comments_of_reports(connection)
    while True:
        building = durable.unfinished_folder(versions)
        try:
            data_files = write_data_files(building, statements, tables, comments)
            manifest = build_manifest(statements, freeze, agreed, data_files, head)
            newest = newest_version(versions)
            if newest and has_same_content(manifest_of(versions / f"v{newest}"), manifest):
                return package_of(versions / f"v{newest}", manifest, newest, is_new=False)
            name = partner_name_of(connection, partner_id)
            uses = [evidence_file(settings, one, USES_KIND) for one in statements]
            exchanged = write_interchange(
                building, connection, agreements, name, statements, newest + 1, uses
            )
            files = [*data_files, *exchanged]
            # The files for people bear the hash of all files written before them.
            files += write_aids(building, comments, name, statements, tables)
            manifest = build_manifest(statements, freeze, agreed, files, head)
            mark = package_mark(manifest, newest + 1)
            files += write_texts(
                building, connection, name, statements, tables, mark, agreements, issued_on
            )
            key = _key_of(settings) if is_issued else None
            manifest = build_manifest(
                statements, freeze, agreed, files, head, key.public_key if key else None
            )
            # If another process was faster, this becomes the version after its version.
            manifest = as_version(manifest, newest + 1, versions)
            if package := add_version(building, manifest, settings.readers, key, issued_at):
                return package
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _key_of(settings: Settings) -> SigningKey:
    """The ledger's key, which also signs packages; made here if the ledger was never signed.

    Raises:
        LinernotesError: if the key of the last entry is missing.
    """
    if not signing_key(settings) and last_public_key(settings):
        raise LinernotesError(
            f"The key that signs packages is not in {settings.keys_root}: restore it, "
            "or run `linernotes keys rotate --lost --because TEXT`; then report again."
        )
    return make_signing_key(settings)


def _freeze_of_current(
    connection: duckdb.DuckDBPyConnection, statements: list[StatementRecord]
) -> str:
    """The freeze of the published warehouse, which must agree with the statements."""
    partner_id, month = statements[0].partner_id, statements[0].report_month
    current = {
        statement.statement_id: statement
        for statement in published_statements(connection, month, partner_id)
    }
    recorded = {statement.statement_id: statement for statement in statements}
    changed = [
        statement_id
        for statement_id in sorted(current.keys() | recorded.keys())
        if statement_id not in current
        or statement_id not in recorded
        or not recorded[statement_id].has_same_claims(current[statement_id])
    ]
    issued = [one for one in changed if one in recorded and recorded[one].state == ISSUED]
    if issued:
        raise LinernotesError(
            f"The published warehouse does not say what was issued: {', '.join(issued)}. Run "
            "`linernotes build`, which reads the ledger, then report again; if it stays so, run "
            "`linernotes verify --ledger`."
        )
    if changed:
        raise LinernotesError(
            f"The published warehouse has changed since these statements were drafted: "
            f"{', '.join(changed)}. Run `linernotes statement draft --month {month} "
            f"--partner {partner_id}`, then report again."
        )
    return max(statement.known_at for statement in current.values())
