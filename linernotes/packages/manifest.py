"""The manifest of a package: all files with hashes, control totals, and the previous version.

`tables` and `workbook` define the content of the files; `verification` checks them.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from linernotes.base.digests import file_sha256
from linernotes.ledger.heads import LEDGER_HEAD, Head
from linernotes.ledger.records import DRAFT, ISSUED, StatementRecord, file_safe

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.asc"
VERIFIER = "verify.py"
# Packages of version 1 have no head of the ledger, and no mark in the files for people. Those of
# versions 1 and 2 are not signed and have no data package; their DSR files use the same names for
# other amounts, and their consents.csv holds only decisions recorded in the month.
MANIFEST_VERSION, UNMARKED_VERSION = 3, 1
FIRST_VERSIONS = (1, 2)
KNOWN_VERSIONS = (*FIRST_VERSIONS, MANIFEST_VERSION)
DOCUMENT, WORKBOOK, README = "statement.pdf", "statement.xlsx", "README.txt"
# Sub-statements of members or labels, if agreed.
MEMBERS = "members.zip"
# The files for people. Each bears the mark of its package.
TEXTS = (DOCUMENT, WORKBOOK, README, MEMBERS)
# Fields about how the package was made, which are not part of what it claims.
CIRCUMSTANCES = (
    "version",
    "freeze",
    "code_version",
    "previous_manifest_sha256",
    "content_sha256",
    "signing_key",
)
# The identity and claims of a package; the mark holds their hash.
CONTENT = ("partner_id", "report_month", "state", "agreed", "statements", LEDGER_HEAD)
MARK = re.compile(r"linernotes-package:\S+/v\d+/[0-9a-f]{64}")
CLAIMS_OF_A_STATEMENT = (
    "statement_id",
    "contract_id",
    "version",
    "state",
    "known_at",
    "currency_code",
    "line_count",
    "line_set_sha256",
    "totals",
)


@dataclass(frozen=True)
class Package:
    """One package in the outbox.

    Attributes:
        version: Number of the folder, counted per partner and month.
        state: `issued` if all of its statements are issued, else `draft`.
        is_new: False if the newest version already had the same content, so none was written.
    """

    partner_id: str
    report_month: str
    version: int
    state: str
    path: Path
    manifest_sha256: str
    is_new: bool


@dataclass(frozen=True)
class PackagedFile:
    """One file of a package, as the manifest lists it.

    Attributes:
        rows: Rows without the heading; None for a file that is not a table.
        control_totals: Per currency, the sum of each amount as a decimal string.
        control_counts: The sum of each count and quantity.
    """

    name: str
    bytes: int
    rows: int | None
    sha256: str
    control_totals: dict[str, dict[str, str]] = field(default_factory=dict)
    control_counts: dict[str, str] = field(default_factory=dict)


def packaged_file(
    path: Path,
    rows: int | None = None,
    control_totals: dict[str, dict[str, str]] | None = None,
    control_counts: dict[str, str] | None = None,
) -> PackagedFile:
    """Describes a finished file."""
    return PackagedFile(
        name=path.name,
        bytes=path.stat().st_size,
        rows=rows,
        sha256=file_sha256(path),
        control_totals=control_totals or {},
        control_counts=control_counts or {},
    )


def package_state(statements: list[StatementRecord]) -> str:
    """`issued` if every statement of the package is issued, else `draft`."""
    return ISSUED if all(one.state == ISSUED for one in statements) else DRAFT


def build_manifest(
    statements: list[StatementRecord],
    freeze: str,
    agreed: dict[str, Any],
    files: list[PackagedFile],
    head: Head | None,
    signing_key: str | None = None,
) -> dict[str, Any]:
    """The manifest of a package that does not have a version number yet.

    Args:
        statements: The partner's statements of the month; at least one.
        freeze: The freeze of the warehouse from which the tables were read.
        agreed: The agreed settings of the DDEX files: sender, recipient and options.
        files: All other files of the package.
        head: The ledger entry that issued the last of the statements; None for a draft.
        signing_key: The public key of the signature, 32 bytes in base64; None for a draft.
    """
    first = statements[0]
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "partner_id": first.partner_id,
        "report_month": first.report_month,
        "version": None,
        "state": package_state(statements),
        "freeze": freeze,
        "code_version": version("linernotes"),
        "previous_manifest_sha256": None,
        "agreed": agreed,
        LEDGER_HEAD: asdict(head) if head else None,
        "signing_key": signing_key,
        "statements": _claimed(statements),
        "files": [asdict(file) for file in sorted(files, key=lambda file: file.name)],
    }
    return manifest | {"content_sha256": content_sha256(manifest)}


def content_sha256(manifest: dict[str, Any]) -> str:
    """The hash of a package's claims and data files, without the files for people.

    It covers one line of JSON with sorted keys: the manifest's `CONTENT`, and the name, rows and
    SHA-256 of each file.
    """
    files = [
        [file["name"], file["rows"], file["sha256"]]
        for file in manifest["files"]
        if file["name"] not in TEXTS
    ]
    content = {name: manifest[name] for name in CONTENT} | {"files": sorted(files)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def package_mark(manifest: dict[str, Any], number: int) -> str:
    """The text that ties a file for people to version `number` of its package."""
    partner, month = file_safe(manifest["partner_id"]), manifest["report_month"]
    return f"linernotes-package:{partner}/{month}/v{number}/{manifest['content_sha256']}"


def _claimed(statements: list[StatementRecord]) -> list[dict[str, Any]]:
    return [
        {name: getattr(statement, name) for name in CLAIMS_OF_A_STATEMENT}
        for statement in statements
    ]


def is_of_the_same_issue(package: dict[str, Any], statements: list[StatementRecord]) -> bool:
    """Whether a finished package is complete for the issued statements.

    Facts that become known later appear in later months, and later agreements about files apply to
    later packages.
    """
    return package["state"] == ISSUED and package["statements"] == _claimed(statements)


def as_version(manifest: dict[str, Any], number: int, versions: Path) -> dict[str, Any]:
    """The manifest as version `number`, chained to the previous version in the same folder."""
    previous = versions / f"v{number - 1}" / MANIFEST
    return manifest | {
        "version": number,
        "previous_manifest_sha256": file_sha256(previous) if number > 1 else None,
    }


def has_same_content(package: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether a finished package makes the same claims as a manifest of only the data files.

    How a package was made is not a claim, and neither is the layout of the files for people: both
    follow from the statements and the data files.
    """
    data_files = {entry["name"] for entry in data["files"]}
    files = [entry for entry in package["files"] if entry["name"] in data_files]
    return _claims_of(package | {"files": files}) == _claims_of(data)


def _claims_of(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in CIRCUMSTANCES}


def read_manifest(folder: Path) -> dict[str, Any]:
    """A package's manifest.

    Raises:
        ValueError: if it is not a JSON object of a known form.
        OSError: if it cannot be read.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or manifest.get("manifest_version") not in KNOWN_VERSIONS:
        raise ValueError(f"not a manifest of a form from {UNMARKED_VERSION} to {MANIFEST_VERSION}")
    return manifest


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
