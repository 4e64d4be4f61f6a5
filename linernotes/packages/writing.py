"""Writes partner packages into the outbox: one folder per partner, report month and version.

`tables`, `document` and `workbook` define the files; nothing is sent here.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb

from linernotes.agreements import Agreements, load_agreements
from linernotes.base import durable, modes
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.ledger.files import USES_KIND
from linernotes.ledger.issuances import head_of_issue, instant_of_issue, last_public_key
from linernotes.ledger.keys import SigningKey, make_signing_key, signing_key
from linernotes.ledger.openpgp import detached_signature
from linernotes.ledger.records import DRAFT, ISSUED, StatementRecord, file_safe, month_start
from linernotes.ledger.verification import ledger_as_written
from linernotes.packages.datapackage import (
    DATA_PACKAGE,
    Comments,
    comments_of_reports,
    table_schema,
    write_data_package,
)
from linernotes.packages.document import write_document
from linernotes.packages.document_figures import Figures, Statements, largest_first
from linernotes.packages.interchange import what_is_agreed, write_interchange
from linernotes.packages.manifest import (
    DOCUMENT,
    MANIFEST,
    MEMBERS,
    README,
    SIGNATURE,
    VERIFIER,
    WORKBOOK,
    Package,
    PackagedFile,
    as_version,
    build_manifest,
    has_same_content,
    is_of_the_same_issue,
    package_mark,
    package_state,
    packaged_file,
    read_manifest,
    write_manifest,
)
from linernotes.packages.members import write_members
from linernotes.packages.sources import open_as_issued, open_current
from linernotes.packages.tables import PackageTable, TableRows, table_rows
from linernotes.packages.unchanged import Note, inputs_sha256, read_note, write_note
from linernotes.packages.workbook import write_workbook
from linernotes.statements import current_statements, evidence_file, published_statements

Progress = Callable[[int, int, str], None]
LINES_TABLE = "compensation_lines"
# So many packages with so many lines are written in the time in which a process starts.
SOON_DONE_PACKAGES, SOON_DONE_LINES = 4, 1_000
# The README has ten lines, whatever the number of tables.
MOST_DESCRIBED_APART = 4


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
    versions = _versions_folder(settings, statement)
    if _newest_version(versions) != note.version:
        return None
    folder = versions / f"v{note.version}"
    package = _package(folder, _manifest_of(folder), note.version, is_new=False)
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
        versions = _versions_folder(settings, first)
        if package_state(statements) != ISSUED:
            return _write_package(settings, connection, freeze, statements, versions)
    if not rewrite and (kept := _kept_issue(versions, statements)):
        return kept
    with open_as_issued(settings, first.partner_id, first.report_month) as connection:
        return _write_package(settings, connection, freeze, statements, versions)


def _versions_folder(settings: Settings, statement: StatementRecord) -> Path:
    """The folder of all versions of a package, without leftovers of a killed run."""
    versions = settings.outbox_root / file_safe(statement.partner_id) / statement.report_month
    durable.make_folder(versions)
    modes.share_way(settings.home, versions, settings.readers)
    durable.clear_unfinished(versions)
    # A killed run may have renamed a version whose name is not on the disk yet.
    durable.sync(versions)
    return versions


def _kept_issue(versions: Path, statements: list[StatementRecord]) -> Package | None:
    """The newest version of a package, if it is that of the issued statements."""
    if newest := _newest_version(versions):
        manifest = _manifest_of(versions / f"v{newest}")
        if is_of_the_same_issue(manifest, statements):
            return _package(versions / f"v{newest}", manifest, newest, is_new=False)
    return None


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
            data_files = _write_data_files(building, statements, tables, comments)
            manifest = build_manifest(statements, freeze, agreed, data_files, head)
            newest = _newest_version(versions)
            if newest and has_same_content(_manifest_of(versions / f"v{newest}"), manifest):
                return _package(versions / f"v{newest}", manifest, newest, is_new=False)
            name = _partner_name(connection, partner_id)
            uses = [evidence_file(settings, one, USES_KIND) for one in statements]
            exchanged = write_interchange(
                building, connection, agreements, name, statements, newest + 1, uses
            )
            files = [*data_files, *exchanged]
            # The files for people bear the hash of all files written before them.
            files += _write_aids(building, comments, name, statements, tables)
            manifest = build_manifest(statements, freeze, agreed, files, head)
            mark = package_mark(manifest, newest + 1)
            files += _write_texts(
                building, connection, name, statements, tables, mark, agreements, issued_on
            )
            key = _key_of(settings) if is_issued else None
            manifest = build_manifest(
                statements, freeze, agreed, files, head, key.public_key if key else None
            )
            # If another process was faster, this becomes the version after its version.
            manifest = as_version(manifest, newest + 1, versions)
            if package := _add_version(building, manifest, settings.readers, key, issued_at):
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


def _partner_name(connection: duckdb.DuckDBPyConnection, partner_id: str) -> str:
    found = connection.execute(
        "select partner_name from published.marts.dim_partners where partner_id = ?", [partner_id]
    ).fetchone()
    return " ".join(found[0].split()) if found else partner_id


def _write_data_files(
    folder: Path,
    statements: list[StatementRecord],
    tables: list[TableRows],
    comments: Comments,
) -> list[PackagedFile]:
    currencies = sorted({statement.currency_code for statement in statements})
    files = []
    for rows in tables:
        count = rows.count()
        schema = json.dumps(table_schema(rows, comments))
        totals, counts = rows.control_totals(currencies), rows.control_counts()
        for suffix in rows.table.formats:
            path = folder / f"{rows.table.name}.{suffix}"
            rows.write(path, schema)
            files.append(packaged_file(path, count, totals, counts))
    return files


def _write_aids(
    folder: Path,
    comments: Comments,
    partner_name: str,
    statements: list[StatementRecord],
    tables: list[TableRows],
) -> list[PackagedFile]:
    """Writes the aids for a partner's tools: the description of the tables, and the check."""
    first = statements[0]
    name = re.sub(r"[^a-z0-9._-]+", "-", f"{first.partner_id}-{first.report_month}".lower())
    title = f"AI royalty statement {first.report_month} for {partner_name}"
    write_data_package(folder / DATA_PACKAGE, comments, tables, name, title)
    shutil.copyfile(Path(__file__).with_name(VERIFIER), folder / VERIFIER)
    return [packaged_file(folder / name) for name in (DATA_PACKAGE, VERIFIER)]


def _write_texts(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    partner_name: str,
    statements: list[StatementRecord],
    tables: list[TableRows],
    mark: str,
    agreements: Agreements,
    issued_on: date | None,
) -> list[PackagedFile]:
    """Writes the files for people, each with the mark of the package."""
    figures = Figures(
        connection,
        statements[0].partner_id,
        month_start(statements[0].report_month),
        frozenset(rows.table.report for rows in tables),
    )
    package_statements = Statements(
        records=largest_first(statements, figures.euro_rates()),
        agreed=agreements.of(statements[0].partner_id),
        house=agreements,
        issued_on=issued_on,
    )
    write_document(folder / DOCUMENT, figures, partner_name, package_statements, mark)
    write_workbook(folder / WORKBOOK, figures, package_statements, tables, mark)
    names = [DOCUMENT, WORKBOOK, README]
    if package_statements.agreed.sub_statements:
        lines = next(rows for rows in tables if rows.table.name == LINES_TABLE)
        if write_members(folder / MEMBERS, figures, package_statements, lines, mark):
            names.append(MEMBERS)
        else:
            (folder / MEMBERS).unlink()
    has_members = MEMBERS in names
    readme = _readme(partner_name, statements, [rows.table for rows in tables], mark, has_members)
    (folder / README).write_text(readme, encoding="utf-8", newline="\n")
    return [packaged_file(folder / name) for name in names]


def _add_version(
    building: Path,
    manifest: dict[str, Any],
    readers: modes.Readers,
    key: SigningKey | None,
    issued_at: datetime | None,
) -> Package | None:
    """Moves a finished folder to its version's path; None if that path exists already.

    An issued package is signed as of the time of its issue, so that it has the same bytes again.
    """
    write_manifest(building, manifest)
    if key and issued_at:
        signature = detached_signature(key, (building / MANIFEST).read_bytes(), issued_at)
        (building / SIGNATURE).write_text(signature, encoding="ascii", newline="\n")
    modes.share(building, readers)
    target = building.parent / f"v{manifest['version']}"
    if not durable.settle(building, target):
        return None
    return _package(target, manifest, manifest["version"], is_new=True)


def _manifest_of(package: Path) -> dict[str, Any]:
    """The manifest of a version in the outbox, after comparing the files with it."""
    try:
        manifest = read_manifest(package)
        changed = [
            file["name"]
            for file in manifest["files"]
            if file_sha256(package / file["name"]) != file["sha256"]
        ]
    except (OSError, ValueError) as reason:
        raise _damaged(package, f"it cannot be read ({reason})") from reason
    if changed:
        raise _damaged(package, f"{', '.join(changed)} changed after it was written")
    return manifest


def _damaged(package: Path, what: str) -> LinernotesError:
    return LinernotesError(
        f"{package} is damaged, {what}: restore the folder from a backup, or move it away if it "
        "was never delivered; then report again."
    )


def _newest_version(versions: Path) -> int:
    numbers = [path.name[1:] for path in versions.glob("v*")]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _package(path: Path, manifest: dict[str, Any], number: int, *, is_new: bool) -> Package:
    return Package(
        partner_id=manifest["partner_id"],
        report_month=manifest["report_month"],
        version=number,
        state=manifest["state"],
        path=path,
        manifest_sha256=file_sha256(path / MANIFEST),
        is_new=is_new,
    )


def _readme(
    partner_name: str,
    statements: list[StatementRecord],
    tables: list[PackageTable],
    mark: str,
    has_members: bool,
) -> str:
    state = package_state(statements)
    meaning = (
        "final; adjustments appear in later statements."
        if state == ISSUED
        else "not approved, not payable."
    )
    described = [f"{_file_names(table)}: {table.about}." for table in tables]
    if has_members:
        described.append(f"{MEMBERS}: a sub-statement for each member or label.")
    lines = [
        f"{state.upper()} package for {partner_name}, {statements[0].report_month}: {meaning}",
        f"{DOCUMENT}: the statement to read and book. {WORKBOOK}: the tables to work with; the "
        "exact decimals are in the data files.",
        *described[:MOST_DESCRIBED_APART],
        " ".join(described[MOST_DESCRIBED_APART:]),
        "DSR_*.tsv: DDEX financial report to record companies, to ingest, and items where agreed; "
        "REMOVALS_*.tsv: actions against content, in the same form.",
        f"{MANIFEST}: each file's SHA-256, rows and control totals, signed by {SIGNATURE}; "
        f"`python3 {VERIFIER}` checks this folder. {DATA_PACKAGE}: what each column means.",
        "CSV: RFC 4180, UTF-8, LF; months YYYY-MM, times UTC, lists JSON; empty cell: no value; "
        "a leading apostrophe is not data; it stops spreadsheets from running the text as a "
        "formula. "
        f"{mark}",
    ]
    return "\n".join(lines) + "\n"


def _file_names(table: PackageTable) -> str:
    return ", ".join(f"{table.name}.{suffix}" for suffix in table.formats)
