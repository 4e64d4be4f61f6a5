"""Writes the files of one package into a folder: data, aids for tools, and documents for people.

`writing` decides which packages are written, and of which version.
"""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import duckdb

from linernotes.agreements import Agreements
from linernotes.ledger.records import ISSUED, StatementRecord, month_start
from linernotes.packages.datapackage import (
    DATA_PACKAGE,
    Comments,
    table_schema,
    write_data_package,
)
from linernotes.packages.document import write_document
from linernotes.packages.document_figures import Figures, Statements, largest_first
from linernotes.packages.manifest import (
    DOCUMENT,
    MANIFEST,
    MEMBERS,
    README,
    SIGNATURE,
    VERIFIER,
    WORKBOOK,
    PackagedFile,
    package_state,
    packaged_file,
)
from linernotes.packages.members import write_members
from linernotes.packages.tables import PackageTable, TableRows
from linernotes.packages.workbook import write_workbook

LINES_TABLE = "compensation_lines"
# The README has ten lines, whatever the number of tables.
MOST_DESCRIBED_APART = 4


def partner_name_of(connection: duckdb.DuckDBPyConnection, partner_id: str) -> str:
    found = connection.execute(
        "select partner_name from published.marts.dim_partners where partner_id = ?", [partner_id]
    ).fetchone()
    return " ".join(found[0].split()) if found else partner_id


def write_data_files(
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


def write_aids(
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


def write_texts(
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
