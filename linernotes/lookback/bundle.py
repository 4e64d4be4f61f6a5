"""Collects the evidence of a line, object, decision, removal case or incident in one folder.

The folder is self-contained: tables, the ledger's chain of entries, a manifest with hashes, and
`verify.py`, plain Python that checks them. It reads the same sources as `tracing`.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.ledger.files import ENTRY, HEAD, SEAL, issuance_folders, note_folders
from linernotes.ledger.incidents import incident_facts
from linernotes.ledger.line_uses import KEYS, with_released
from linernotes.lookback.tracing import open_evidence

MANIFEST, VERIFIER, README = "manifest.json", "verify.py", "README.txt"
KINDS = ("line", "object", "decision", "case", "incident")
# The lines of the bundle; `$id` is the requested id.
CHOSEN = {
    "line": """
        line_id = $id or original_line_id = $id
        or line_id in (select original_line_id from all_lines where line_id = $id)
    """,
    "object": "object_id = $id",
    "decision": "list_contains(string_split(consent_proof_id, '+'), $id)",
    "case": """
        (hold_bucket = 'REMOVAL' or line_type in ('DISPUTE_RESOLUTION', 'SPAM_ADJUSTMENT'))
        and object_id in (
            select object_id from marts.fct_source_uses where derivative_id in (
                select derivative_id from marts.fct_removal_actions where case_id = $id
            )
        )
    """,
}
# Kinds of incident with money in a bucket; the others concern a decision, or have no lines.
BUCKETS = {"unlicensed_use": "UNROUTED"}
# The instant of a use could identify a user, so a bundle has only its day.
USE_COLUMNS = (
    "line_id, use_id, generation_id, derivative_id, side, object_id, owner_party_id, quantity, "
    "source_weight_nano, ownership_share, weight_nano, consent_status, consent_proof_id, "
    "cast(judged_at as date) as used_on"
)


@dataclass(frozen=True)
class Bundle:
    """A folder of evidence.

    Attributes:
        rows: Rows of each table in it.
    """

    path: Path
    rows: dict[str, int]


def write_bundle(settings: Settings, kind: str, subject: str, folder: Path) -> Bundle:
    """Writes the evidence for one subject into a new folder.

    Args:
        settings: The home.
        kind: line, object, decision, case or incident.
        subject: Its id.
        folder: The folder, which must not exist yet.

    Raises:
        LinernotesError: if the subject is unknown, or the folder exists.
    """
    if folder.exists():
        raise LinernotesError(f"{folder} is there already: name a folder that is not.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = durable.unfinished_folder(folder.parent)
    try:
        with open_evidence(settings) as connection:
            where, values = _choice(settings, kind, subject)
            connection.execute(
                f"create temp table chosen as select * from all_lines where {where}", values
            )
            rows = {
                name: _write(connection, query, given, building / f"{name}.csv")
                for name, query, given in _tables(connection, kind, subject)
            }
        if not any(rows.values()):
            raise LinernotesError(f"There is no {kind} `{subject}`: check its id.")
        _copy_chain(settings, building / "ledger")
        _write_verifier(building)
        _write_manifest(building, kind, subject, rows)
        if not durable.settle(building, folder):
            raise LinernotesError(f"{folder} is there already: name a folder that is not.")
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Bundle(folder, rows)


def _choice(settings: Settings, kind: str, subject: str) -> tuple[str, dict[str, Any]]:
    """The condition that selects a subject's lines, with its values."""
    if kind != "incident":
        return CHOSEN[kind], {"id": subject}
    facts = incident_facts(settings, subject)
    if not facts:
        raise LinernotesError(
            f"No incident {subject} is published: `linernotes incident list --all` lists them."
        )
    fact = facts[0]
    if fact["decision_id"]:
        return CHOSEN["decision"], {"id": fact["decision_id"]}
    if fact["case_id"]:
        return CHOSEN["case"], {"id": fact["case_id"]}
    columns = {"usage_month": fact["report_month"]} | {
        name: fact[name] for name in ("product_id", "side", "object_id", "owner_party_id")
    }
    bucket = BUCKETS.get(fact["incident_kind"], "CONSENT")
    if bucket == "CONSENT":
        columns["contract_id"] = fact["contract_id"]
    known = {name: value for name, value in columns.items() if value is not None}
    conditions = [f"{name} = ${name}" for name in known] + ["hold_bucket = $bucket"]
    return " and ".join(conditions), known | {"bucket": bucket}


def _tables(
    connection: duckdb.DuckDBPyConnection, kind: str, subject: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The tables of a bundle: name, query, values."""
    same = " and ".join(f"uses.{name} is not distinct from lines.{name}" for name in KEYS)
    yield "lines", "select * from chosen order by report_month, line_type, line_id", {}
    yield (
        "uses",
        f"""
        select {USE_COLUMNS} from issued_uses
        where line_id in (select line_id from chosen where state = 'issued')
        union all
        select {USE_COLUMNS} from (
            select lines.line_id, uses.* replace (lines.consent_status as consent_status)
            from chosen as lines
            inner join {with_released("marts.fct_source_uses")} as uses on {same}
            where lines.state = 'draft' and lines.pool_id is not null
            and uses.exclusion_reason is null
        )
        order by all
        """,
        {},
    )
    yield (
        "decisions",
        """
        select * from marts.fct_consent_proofs
        where proof_id in (
            select unnest(string_split(consent_proof_id, '+')) from chosen
        ) or proof_id = $decision
        order by proof_id, recorded_at
        """,
        {"decision": subject if kind == "decision" else ""},
    )
    yield (
        "terms",
        """
        select * from marts.dim_contracts
        where (contract_id, contract_version) in (
            select (contract_id, contract_version) from chosen
        )
        order by contract_id, contract_version
        """,
        {},
    )
    yield (
        "pools",
        """
        select * from reports.rpt_partner__pool_totals
        where (pool_id, contract_id, contract_version) in (
            select (pool_id, contract_id, contract_version) from chosen
        )
        order by pool_id, contract_id, contract_version, report_month
        """,
        {},
    )
    yield (
        "statements",
        """
        select * from reports.rpt_partner__compensation_statement
        where (contract_id, report_month) in (select (contract_id, report_month) from chosen)
        order by contract_id, report_month
        """,
        {},
    )
    views = {
        name for (name,) in connection.execute("select view_name from duckdb_views()").fetchall()
    }
    if "revenue" in views:
        yield (
            "revenue",
            """
            select * from revenue
            where (usage_month, territory, product_id, tier) in (
                select (strftime(usage_month, '%Y-%m'), territory, product_id, tier) from chosen
            )
            order by usage_month, territory, product_id, tier, recorded_at
            """,
            {},
        )
    yield (
        "incidents",
        """
        select * from reports.rpt_executive__incidents
        where $id in (incident_id, object_id, decision_id, case_id)
        order by incident_id, currency_code
        """,
        {"id": subject},
    )
    yield (
        "removals",
        """
        select * from marts.fct_removal_actions
        where $id in (case_id, object_id, recording_id)
        order by puid
        """,
        {"id": subject},
    )


def _write(
    connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any], path: Path
) -> int:
    connection.execute(f"create or replace temp table found as {query}", values)
    [(count,)] = connection.execute("select count(*) from found").fetchall()
    if count:
        connection.execute(f"copy found to {literal(path)} (format csv, header, nullstr '')")
    return count


def _copy_chain(settings: Settings, target: Path) -> None:
    """Copies each entry and note of the ledger, with seal and signature."""
    for root, folders in (
        ("issued", issuance_folders(settings)),
        ("incidents", note_folders(settings)),
    ):
        for folder in folders:
            copied = target / root / folder.name
            copied.mkdir(parents=True)
            for name in (ENTRY, SEAL, HEAD):
                if (folder / name).is_file():
                    shutil.copyfile(folder / name, copied / name)


def _write_verifier(folder: Path) -> None:
    shutil.copyfile(Path(__file__).with_name("bundle_verifier.py"), folder / VERIFIER)
    text = (
        "Evidence from the ledger and the published warehouse of a music service.\n"
        "lines.csv: the amounts in question; uses.csv: the uses behind them, by day;\n"
        "decisions.csv: consents and clauses; terms.csv, pools.csv, revenue.csv: what they were\n"
        "computed from; statements.csv: the statements that contain them; incidents.csv and\n"
        "removals.csv: what happened. A table without rows is left out.\n"
        "ledger/: each entry with its seal and its Ed25519 signature, chained by SHA-256.\n"
        "Check it with plain Python 3: python3 verify.py\n"
    )
    (folder / README).write_text(text, encoding="utf-8", newline="\n")


def _write_manifest(folder: Path, kind: str, subject: str, rows: dict[str, int]) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "bundle_version": 1,
        "about": {"kind": kind, "id": subject},
        "rows": rows,
        "files": [
            {
                "name": str(path.relative_to(folder)),
                "bytes": path.stat().st_size,
                "sha256": file_sha256(path),
            }
            for path in files
        ],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
