"""The files of the ledger that the models read: their columns, their places, and empty ones.

`statements` writes them; `verification` finds changed bytes.
"""

from pathlib import Path

import duckdb

from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.base.sql import literal

AMOUNTS = (
    "opening_amount",
    "earned_amount",
    "correction_amount",
    "fee_amount",
    "true_up_amount",
    "reserve_taken_amount",
    "reserve_released_amount",
    "recouped_amount",
    "tax_amount",
    "penalty_amount",
    "resumed_amount",
    "closing_amount",
    "suspended_amount",
    "payable_amount",
    "carried_amount",
    "held_amount",
)
AMOUNT_TYPE = "decimal(24, 3)"
STATEMENT_COLUMNS = {
    "statement_id": "varchar",
    "contract_id": "varchar",
    "partner_id": "varchar",
    "side": "varchar",
    "currency_code": "varchar",
    "report_month": "date",
    "version": "bigint",
    "known_at": "timestamp",
    "issued_at": "timestamp",
    "drafted_by": "varchar",
    "approved_by": "varchar",
    "line_set_sha256": "varchar",
    "line_count": "bigint",
    **dict.fromkeys(AMOUNTS, AMOUNT_TYPE),
    "sequence": "bigint",
}
LINE_COLUMNS = {
    "line_id": "varchar",
    "line_key": "varchar",
    "line_type": "varchar",
    "pool_id": "varchar",
    "territory": "varchar",
    "product_id": "varchar",
    "tier": "varchar",
    "side": "varchar",
    "partner_id": "varchar",
    "contract_id": "varchar",
    "contract_version": "bigint",
    "object_id": "varchar",
    "isrc": "varchar",
    "owner_party_id": "varchar",
    "member_party_id": "varchar",
    "hold_bucket": "varchar",
    "consent_status": "varchar",
    "consent_proof_id": "varchar",
    "original_line_id": "varchar",
    "quantity": "bigint",
    "weight_nano": "decimal(38, 0)",
    "amount": AMOUNT_TYPE,
    "currency_code": "varchar",
    "report_month": "date",
    "usage_month": "date",
    "usage_layer": "varchar",
    "statement_id": "varchar",
    "known_at": "timestamp",
    "sequence": "bigint",
}
USE_COLUMNS = {
    "line_id": "varchar",
    "use_id": "varchar",
    "generation_id": "varchar",
    "derivative_id": "varchar",
    "side": "varchar",
    "object_id": "varchar",
    "owner_party_id": "varchar",
    "quantity": "bigint",
    "source_weight_nano": "bigint",
    "ownership_share": "decimal(15, 14)",
    "weight_nano": "decimal(38, 14)",
    "consent_status": "varchar",
    "consent_proof_id": "varchar",
    "judged_at": "timestamp",
    "play_date": "date",
    "used_at": "timestamp",
}
POOL_COLUMNS = {
    "partner_id": "varchar",
    "report_month": "date",
    "pool_id": "varchar",
    "usage_month": "date",
    "territory": "varchar",
    "product_id": "varchar",
    "tier": "varchar",
    "side": "varchar",
    "currency_code": "varchar",
    "net_amount": "decimal(24,6)",
    "total_quantity": "bigint",
    "subscribers": "bigint",
    "contract_id": "varchar",
    "contract_version": "bigint",
    "model": "varchar",
    "revenue_share": "decimal(13,12)",
    "per_subscriber_minimum": "decimal(30,12)",
    "per_use_minimum": "decimal(30,12)",
    "rate": "decimal(30,12)",
    "rate_currency_code": "varchar",
    "pays_free_uses": "boolean",
    "minimum_fx_rate": "decimal(20,10)",
    "weight_nano": "decimal(38, 0)",
    "share_arm_amount": "decimal(24,6)",
    "per_subscriber_arm_amount": "decimal(24,6)",
    "per_use_arm_amount": "decimal(24,6)",
    "winning_arm": "varchar",
    "fee_amount": "decimal(24,6)",
    "fx_rate": "decimal(20,10)",
    "fx_date": "date",
    "payout_currency_code": "varchar",
    "fee_payout_amount": "decimal(24,3)",
    "payable_amount": "decimal(24,3)",
    "held_amount": "decimal(24,3)",
    "known_at": "timestamp",
    "sequence": "bigint",
}
# Lines of issued months before and after a class of input moves: each build calculates them from
# lake and ledger.
RECALCULATED = "raw_revaluation__lines"
RECALCULATED_COLUMNS = {
    "input_class": "varchar",
    "class_number": "integer",
    "line_key": "varchar",
    "usage_layer": "varchar",
    "pool_id": "varchar",
    "territory": "varchar",
    "product_id": "varchar",
    "tier": "varchar",
    "side": "varchar",
    "partner_id": "varchar",
    "contract_id": "varchar",
    "contract_version": "bigint",
    "object_id": "varchar",
    "owner_party_id": "varchar",
    "hold_bucket": "varchar",
    "consent_status": "varchar",
    "consent_proof_id": "varchar",
    "currency_code": "varchar",
    "minor_unit_digits": "integer",
    "quantity_before": "bigint",
    "quantity_after": "bigint",
    "weight_nano_before": "decimal(38, 0)",
    "weight_nano_after": "decimal(38, 0)",
    "amount_minor_units_before": "decimal(38, 0)",
    "amount_minor_units_after": "decimal(38, 0)",
    "usage_month": "date",
    "known_at_before": "timestamp",
    "known_at_after": "timestamp",
    # The pool's own currency, and the amount of the line's currency for one unit of it.
    "pool_currency_code": "varchar",
    "pool_fx_rate": "decimal(20,10)",
}
# A person's reason for closing an incident, with the facts about it at that time.
NOTES = "raw_ledger__incident_notes"
NOTE_COLUMNS = {
    "sequence": "bigint",
    "incident_id": "varchar",
    "incident_kind": "varchar",
    "usage_month": "date",
    "product_id": "varchar",
    "side": "varchar",
    "object_id": "varchar",
    "owner_party_id": "varchar",
    "partner_id": "varchar",
    "contract_id": "varchar",
    "decision_id": "varchar",
    "model_version": "varchar",
    "derivative_id": "varchar",
    "case_id": "varchar",
    "denied_by": "varchar",
    "consent_status": "varchar",
    "opened_at": "timestamp",
    "because": "varchar",
    "noted_by": "varchar",
    "noted_at": "timestamp",
}
STATEMENTS_FILE, LINES_FILE = "statements.parquet", "lines.parquet"
USES_FILE, POOLS_FILE, NOTE_FILE = "uses.parquet", "pools.parquet", "note.parquet"
LINES_KIND, USES_KIND, POOLS_KIND = "lines", "uses", "pools"
# Each kind of file beside a draft, and its name in an issuance.
KINDS = {LINES_KIND: LINES_FILE, USES_KIND: USES_FILE, POOLS_KIND: POOLS_FILE}
# Source tables of the models, and the file of each issuance that belongs to each.
TABLES = {
    "raw_ledger__statements": STATEMENTS_FILE,
    "raw_ledger__lines": LINES_FILE,
    "raw_ledger__pools": POOLS_FILE,
    "raw_ledger__uses": USES_FILE,
}
COLUMNS_OF_FILE = {
    STATEMENTS_FILE: STATEMENT_COLUMNS,
    LINES_FILE: LINE_COLUMNS,
    USES_FILE: USE_COLUMNS,
    POOLS_FILE: POOL_COLUMNS,
}
# Further files of an issuance: its entry, the hash of the entry, and the signed hash.
ENTRY, SEAL, HEAD = "entry.json", "entry.sha256", "head.json"
# Entries of version 1 have no version field; they are not signed, and list no evidence.
ENTRY_VERSION, UNSIGNED_VERSION = 2, 1
SEQUENCE_DIGITS = 6
PARQUET_OPTIONS = "format parquet, compression zstd, row_group_size 122880"


def issued_root(settings: Settings) -> Path:
    """The folder of the issuances."""
    return settings.ledger_root / "issued"


def issuance_folder(settings: Settings, sequence: int) -> Path:
    """The folder of an issuance, `issued/000001`."""
    return _numbered(issued_root(settings), sequence)


def issuance_folders(settings: Settings) -> list[Path]:
    """The folders of the issuances in order; an unfinished one has a hidden name."""
    return _all_numbered(issued_root(settings))


def notes_root(settings: Settings) -> Path:
    """The folder of the notes on incidents."""
    return settings.ledger_root / "incidents"


def note_folder(settings: Settings, sequence: int) -> Path:
    """The folder of a note, `incidents/000001`."""
    return _numbered(notes_root(settings), sequence)


def note_folders(settings: Settings) -> list[Path]:
    """The folders of the notes in order; an unfinished one has a hidden name."""
    return _all_numbered(notes_root(settings))


def _numbered(root: Path, sequence: int) -> Path:
    return root / f"{sequence:0{SEQUENCE_DIGITS}d}"


def _all_numbered(root: Path) -> list[Path]:
    return sorted(root.glob("[0-9]" * SEQUENCE_DIGITS))


def ledger_files(settings: Settings) -> dict[str, list[Path]]:
    """The Parquet files of each source table, in the order they were written; none at first."""
    folders = issuance_folders(settings)
    issued = {table: [folder / name for folder in folders] for table, name in TABLES.items()}
    return issued | {NOTES: [folder / NOTE_FILE for folder in note_folders(settings)]}


def empty_ledger_file(table: str, folder: Path) -> Path:
    """Writes `<table>.parquet` without a row into a folder, and returns it.

    A source must have a file even before anything is issued.
    """
    own = {RECALCULATED: RECALCULATED_COLUMNS, NOTES: NOTE_COLUMNS}
    columns = own[table] if table in own else COLUMNS_OF_FILE[TABLES[table]]
    target = folder / f"{table}.parquet"
    selection = ", ".join(f"cast(null as {type_}) as {name}" for name, type_ in columns.items())
    with durable.replacing(target) as unfinished, duckdb.connect() as connection:
        copy_to(connection, f"select {selection} limit 0", unfinished)
    return target


def copy_to(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, values: dict | None = None
) -> None:
    """Writes the rows of a query as a Parquet file of the ledger."""
    connection.execute(f"copy ({query}) to {literal(path)} ({PARQUET_OPTIONS})", values)
