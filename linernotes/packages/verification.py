"""Checks a package using only its own folder, as the receiving partner can.

The ledger and the warehouse are not used here.
"""

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.digests import file_sha256
from linernotes.base.money import money_text
from linernotes.base.problems import Problem
from linernotes.ledger.balance import balance_that_fails, terms_that_differ
from linernotes.ledger.line_sets import LINE_SET_COLUMNS, LineSet
from linernotes.ledger.records import ISSUED
from linernotes.packages.cells import read_package_csv
from linernotes.packages.fees import ARMS, fee_arms, fee_in_payout_currency, winning_arm
from linernotes.packages.interchange_checks import (
    SalesOfLines,
    interchange_problems,
    removals_problems,
)
from linernotes.packages.manifest import FIRST_VERSIONS, MANIFEST, SIGNATURE, read_manifest
from linernotes.packages.marks import mark_problems
from linernotes.packages.tables import TABLES, PackageTable
from linernotes.packages.verify import CONTRACT_IN_POOL, signature_problems

LINES, POOLS, CONSENTS = "compensation_lines", "pool_totals", "consents"
REMOVALS = "removals"
LINKED = "is a link: its bytes may change elsewhere"
# The number of lines without proof that the message names.
MOST_NAMED = 10


def verify_package(path: Path) -> list[Problem]:
    """Checks every file, row count, total and hash of a package, and recomputes the pool shares.

    Every paid line must name decisions or clauses that are in the package and allow the use.
    Folder, manifest, PDF, workbook and README must bear the mark of the same package.

    Args:
        path: The package's folder, `outbox/<partner_id>/<YYYY-MM>/v<N>`.

    Returns:
        The problems found; empty if there are none.
    """
    try:
        manifest = read_manifest(path)
    except (OSError, ValueError) as reason:
        return [Problem(MANIFEST, "manifest_is_readable", str(reason))]
    try:
        problems = list(_file_problems(path, manifest))
        if not problems:
            problems = [*_content_problems(path, manifest), *mark_problems(path, manifest)]
        problems += _signature_problems(path, manifest)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as reason:
        problems = [Problem(MANIFEST, "manifest_is_complete", f"{reason!r} is missing or wrong")]
    return [*problems, *_chain_problems(path, manifest)]


def _file_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    listed = {entry["name"]: entry for entry in manifest["files"]}
    if (path / MANIFEST).is_symlink():
        yield Problem(MANIFEST, "file_is_no_link", LINKED)
    there = {found.name for found in path.iterdir() if not _is_flag(found)}
    for name in sorted(there - listed.keys() - {MANIFEST, SIGNATURE}):
        yield Problem(name, "file_is_listed", "in the folder, but not in the manifest")
    for name, entry in listed.items():
        file = path / name
        if Path(name).name == name and file.is_symlink():
            yield Problem(name, "file_is_no_link", LINKED)
        elif Path(name).name != name or not file.is_file():
            yield Problem(name, "file_is_there", "in the manifest, but not in the folder")
        elif (size := file.stat().st_size) != entry["bytes"]:
            yield Problem(name, "file_size_agrees", f"{size} bytes, not {entry['bytes']}")
        elif (digest := file_sha256(file)) != entry["sha256"]:
            yield Problem(name, "file_hash_agrees", f"SHA-256 is {digest}, not {entry['sha256']}")


def _signature_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Checks the signature of an issued package; packages of the first versions have none."""
    if manifest["manifest_version"] in FIRST_VERSIONS:
        return
    content = (path / MANIFEST).read_bytes()
    for details in signature_problems(str(path), content, manifest, None):
        yield Problem(SIGNATURE, "manifest_is_signed", details)


def _is_flag(path: Path) -> bool:
    """Whether it is an empty file by which a delivery marks another file as complete."""
    return path.suffix == ".ctrl" and path.is_file() and not path.stat().st_size


def _chain_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Compares the hash of the previous version, if it is in the same folder, with the manifest."""
    number, expected = manifest.get("version"), manifest.get("previous_manifest_sha256")
    if not isinstance(number, int) or (number > 1) != (expected is not None):
        yield Problem(MANIFEST, "manifest_is_chained", "no hash of the version before")
        return
    previous = path.resolve().parent / f"v{number - 1}" / MANIFEST
    if previous.is_file() and (digest := file_sha256(previous)) != expected:
        details = f"v{number - 1}/{MANIFEST} has SHA-256 {digest}, not {expected}"
        yield Problem(MANIFEST, "manifest_is_chained", details)


def _content_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    listed = {entry["name"]: entry for entry in manifest["files"]}
    tables = [table for table in TABLES if table.since <= manifest["manifest_version"]]
    for table in tables:
        for suffix in table.formats:
            name = f"{table.name}.{suffix}"
            if name not in listed:
                yield Problem(name, "file_is_listed", "the manifest lacks this table")
                return
    tallies: dict[str, Tally] = {}
    with duckdb.connect() as connection:
        for table in tables:
            yield from _table_problems(connection, path, table, tallies, manifest)
    if tallies.keys() == {table.name for table in tables}:
        yield from _statement_problems(tallies[LINES], manifest)
        if manifest["manifest_version"] not in FIRST_VERSIONS:
            yield from _consent_problems(tallies[LINES], tallies[CONSENTS])
        yield from _pool_problems(tallies[POOLS], tallies[LINES])
        of_uses = tallies[LINES].of_uses
        yield from interchange_problems(path, of_uses, manifest)
        yield from removals_problems(path, tallies[REMOVALS].actions, of_uses, manifest)


def _table_problems(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: PackageTable,
    tallies: dict[str, "Tally"],
    manifest: dict[str, Any],
) -> Iterator[Problem]:
    """Checks the files of one table; if they can be read, their sums are added to `tallies`."""
    listed = {entry["name"]: entry for entry in manifest["files"]}
    name = f"{table.name}.csv"
    tally = Tally(table)
    try:
        for row in read_package_csv(path / name):
            tally.add(row)
    except (ValueError, ArithmeticError, KeyError, csv.Error) as reason:
        yield Problem(name, "rows_are_readable", repr(reason))
        return
    tallies[table.name] = tally
    yield from _tally_problems(name, tally, listed[name], manifest)
    if "parquet" in table.formats:
        name = f"{table.name}.parquet"
        try:
            yield from _parquet_problems(connection, path / name, table, listed[name], manifest)
        except duckdb.Error as reason:
            yield Problem(name, "rows_are_readable", repr(reason))


class Tally:
    """Sums that are collected in one pass over the rows of a CSV file."""

    def __init__(self, table: PackageTable) -> None:
        self.table = table
        self.rows = 0
        self.owners: set[tuple[str | None, str | None]] = set()
        self.totals: dict[str, dict[str, Decimal]] = {}
        self.line_sets: dict[str, LineSet] = {}
        self.by_statement: dict[str, dict[tuple[str | None, str | None], Decimal]] = {}
        self.by_pool: dict[tuple[str | None, ...], dict[str, Decimal]] = {}
        self.pools: list[dict[str, str | None]] = []
        self.of_uses = SalesOfLines()
        # The proofs that lines name, each with its first line; the lines that are paid without one.
        self.named_proofs: dict[str, str] = {}
        self.unproven: list[str] = []
        # The proofs in the package, and whether a version of each allows the use.
        self.proofs: dict[str, bool] = {}
        self.actions: list[str] = []

    def add(self, row: dict[str, str | None]) -> None:
        self.rows += 1
        self.owners.add((row["partner_id"], row["report_month"]))
        for name, currency_column in self.table.money.items():
            _add(self.totals, row[currency_column] or "", name, row[name])
        if self.table.name == LINES:
            self._add_line(row)
        if self.table.name == POOLS:
            self.pools.append(row)
        # The list also has actions from earlier months; the side file has only those of the month.
        if self.table.name == REMOVALS and _is_of_month(row["applied_at"], row["report_month"]):
            self.actions.append(row["puid"] or "")
        if self.table.name == CONSENTS:
            proof = row.get("proof_id") or ""
            self.proofs[proof] = self.proofs.get(proof, False) or row["decision"] == "allow"

    def _add_line(self, row: Mapping[str, str | None]) -> None:
        statement = row["statement_id"] or ""
        self.line_sets.setdefault(statement, LineSet()).add(
            row[column] for column in LINE_SET_COLUMNS
        )
        _add(self.by_statement, statement, (row["line_type"], row["hold_bucket"]), row["amount"])
        for proof in (row["consent_proof_id"] or "").split("+"):
            if proof:
                self.named_proofs.setdefault(proof, row["line_id"] or "")
        if _needs_proof(row) and not row["consent_proof_id"]:
            self.unproven.append(row["line_id"] or "")
        if row["pool_id"]:
            self.of_uses.add(row)
        self.of_uses.add_taken_back(row)
        if row["line_type"] == "USAGE":
            pool = tuple(row[name] for name in CONTRACT_IN_POOL)
            part = "held_amount" if row["hold_bucket"] else "payable_amount"
            _add(self.by_pool, pool, part, row["amount"])


def _needs_proof(line: Mapping[str, str | None]) -> bool:
    """Whether a line pays for use or training."""
    is_of_use = line["pool_id"] is not None or line["line_type"] == "TRAINING_FEE"
    return is_of_use and line["hold_bucket"] is None and Decimal(line["amount"] or "0") > 0


def _tally_problems(
    name: str, tally: Tally, entry: dict[str, Any], manifest: dict[str, Any]
) -> Iterator[Problem]:
    if tally.rows != entry["rows"]:
        yield Problem(name, "row_count_agrees", f"{tally.rows} rows, not {entry['rows']}")
    yield from _owner_problems(name, tally.owners, manifest)
    yield from _total_problems(name, tally.totals, entry)


def _is_of_month(instant: str | None, month: str | None) -> bool:
    return (instant or "").startswith(f"{month}-")


def _parquet_problems(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: PackageTable,
    entry: dict[str, Any],
    manifest: dict[str, Any],
) -> Iterator[Problem]:
    def query(selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        sql = f"select {selection} from read_parquet(?) {rest}"
        return connection.execute(sql, [str(path)]).fetchall()

    [(count,)] = query("count(*)")
    owners = set(query("distinct partner_id, report_month"))
    totals: dict[str, dict[str, Decimal]] = {}
    for name, currency_column in table.money.items():
        for currency, amount in query(f"{currency_column}, sum({name})", "group by all"):
            _add(totals, currency, name, str(amount or 0))
    if count != entry["rows"]:
        yield Problem(path.name, "row_count_agrees", f"{count} rows, not {entry['rows']}")
    yield from _owner_problems(path.name, owners, manifest)
    yield from _total_problems(path.name, totals, entry)


def _owner_problems(
    name: str, owners: set[tuple[str | None, str | None]], manifest: dict[str, Any]
) -> Iterator[Problem]:
    for partner_id, month in sorted(owners, key=str):
        if (partner_id, month) != (manifest["partner_id"], manifest["report_month"]):
            details = f"has rows of {partner_id} for {month}"
            yield Problem(name, "rows_belong_to_partner_and_month", details)


def _total_problems(
    name: str, totals: dict[str, dict[str, Decimal]], entry: dict[str, Any]
) -> Iterator[Problem]:
    stated = entry["control_totals"]
    for currency in sorted(stated.keys() | totals.keys()):
        for column in sorted({*stated.get(currency, {}), *totals.get(currency, {})}):
            found = totals.get(currency, {}).get(column, Decimal(0))
            expected = stated.get(currency, {}).get(column, "nothing")
            if not _equal(expected, found):
                details = f"{column} is {money_text(found, currency)} {currency}, not {expected}"
                yield Problem(name, "control_total_agrees", details)


def _statement_problems(lines: Tally, manifest: dict[str, Any]) -> Iterator[Problem]:
    name = f"{LINES}.csv"
    stated = {statement["statement_id"]: statement for statement in manifest["statements"]}
    for unknown in sorted(lines.line_sets.keys() - stated.keys()):
        yield Problem(name, "line_belongs_to_statement", f"no statement {unknown} in the manifest")
    for statement_id, statement in stated.items():
        line_set = lines.line_sets.get(statement_id, LineSet())
        if line_set.sha256 != statement["line_set_sha256"]:
            details = f"the lines of {statement_id} are not those of the statement"
            yield Problem(name, "line_set_hash_agrees", details)
        sums = [
            (line_type, bucket, amount)
            for (line_type, bucket), amount in lines.by_statement.get(statement_id, {}).items()
        ]
        totals, currency = statement["totals"], statement["currency_code"]
        for details in terms_that_differ(totals, sums, currency):
            yield Problem(name, "statement_total_equals_lines", f"{statement_id}: {details}")
        for details in balance_that_fails(totals):
            yield Problem(MANIFEST, "statement_balance_closes", f"{statement_id}: {details}")
        for term, text in totals.items():
            if text != (written := money_text(Decimal(text), currency)):
                details = f"{statement_id}: {term} is {text!r}, where it would be {written!r}"
                yield Problem(MANIFEST, "totals_are_written_as_money", details)
    states = {statement["state"] for statement in stated.values()}
    if (manifest["state"] == ISSUED) != (states == {ISSUED}):
        details = f"the package is {manifest['state']}, its statements are {sorted(states)}"
        yield Problem(MANIFEST, "state_is_the_statements", details)


def _consent_problems(lines: Tally, consents: Tally) -> Iterator[Problem]:
    """Paid lines whose consent is not in the package."""
    name = f"{CONSENTS}.csv"
    for line_id in lines.unproven[:MOST_NAMED]:
        yield Problem(f"{LINES}.csv", "paid_line_names_its_consent", f"{line_id} names none")
    if (more := len(lines.unproven) - MOST_NAMED) > 0:
        details = f"{more} more paid lines name none"
        yield Problem(f"{LINES}.csv", "paid_line_names_its_consent", details)
    for proof, line_id in sorted(lines.named_proofs.items()):
        if proof not in consents.proofs:
            yield Problem(name, "consent_of_line_is_there", f"{proof}, named by {line_id}, is not")
        elif not consents.proofs[proof]:
            details = f"{proof}, named by {line_id}, allows in no version"
            yield Problem(name, "consent_of_line_allows", details)


def _pool_problems(pools: Tally, lines: Tally) -> Iterator[Problem]:
    name = f"{POOLS}.csv"
    known = {tuple(pool[column] for column in CONTRACT_IN_POOL) for pool in pools.pools}
    for missing in sorted(lines.by_pool.keys() - known, key=str):
        yield Problem(name, "pool_of_line_is_there", f"no row for {missing}")
    for pool in pools.pools:
        place = f"{pool['pool_id']}, {pool['contract_id']}@{pool['contract_version']}"
        try:
            claims = list(_pool_claims(pool, lines))
        except (ValueError, ArithmeticError) as reason:
            yield Problem(name, "figures_are_numbers", f"{place}: {reason!r}")
            continue
        for claim, stated, found in claims:
            if not (stated == found or _equal(stated, found)):
                details = f"{place}: {claim} is {stated}, recomputed {found}"
                yield Problem(name, "own_share_recomputes", details)


def _pool_claims(
    pool: dict[str, str | None], lines: Tally
) -> Iterator[tuple[str, str | None, Decimal | str]]:
    """Each figure of a pool row, as stated and as recomputed from the preceding figures."""
    arms = fee_arms(pool)
    for arm, amount in arms.items():
        yield ARMS[arm], pool[ARMS[arm]], amount
    if arms:
        yield "winning_arm", pool["winning_arm"], winning_arm(arms)
        yield "fee_amount", pool["fee_amount"], max(arms.values())
    yield "fee_payout_amount", pool["fee_payout_amount"], fee_in_payout_currency(pool)
    key = tuple(pool[name] for name in CONTRACT_IN_POOL)
    sums = lines.by_pool.get(key, {})
    for part in ("payable_amount", "held_amount"):
        yield part, pool[part], sums.get(part, Decimal(0))
    both = sum(sums.values(), Decimal(0))
    yield "fee_payout_amount over its lines", pool["fee_payout_amount"], both


def _add(sums: dict[Any, dict[Any, Decimal]], key: Any, name: Any, amount: str | None) -> None:
    inner = sums.setdefault(key, {})
    inner[name] = inner.get(name, Decimal(0)) + Decimal(amount or "0")


def _equal(stated: Any, found: Any) -> bool:
    try:
        return Decimal(stated) == found
    except (InvalidOperation, TypeError, ValueError):
        return False
