"""What may be delivered: valid issued packages, with DDEX party identifiers.

`shipping` delivers them.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from linernotes.agreements import NOBODY, Agreement, Sender
from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.delivery.errors import ReleaseRefused
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.records import ISSUED, file_safe
from linernotes.packages import MANIFEST, SIGNATURE, Package, read_manifest, verify_package

MOST_PROBLEMS = 5
# Files that name sender and recipient by DDEX party identifiers.
ADDRESSED = ("DSR_*", "REMOVALS_*")


def require_releasable(package: Package, agreement: Agreement, sender: Sender) -> list[str]:
    """The names of the files to deliver, the manifest last.

    Raises:
        ReleaseRefused: if the package is a draft, fails its check, is in the wrong folder, or
            differs from the agreement.
    """
    place = f"{package.partner_id} {package.report_month} v{package.version}"
    if package.state != ISSUED:
        raise ReleaseRefused(
            f"{place} is a draft, and only issued packages are delivered: approve and issue its "
            f"statements (`linernotes statement approve --month {package.report_month}`), then "
            "report again."
        )
    problems = verify_package(package.path)
    if problems:
        listed = "; ".join(f"{one.file}: {one.details}" for one in problems[:MOST_PROBLEMS])
        raise ReleaseRefused(
            f"{package.path} fails its check ({len(problems)} problems: {listed}). To see all of "
            f"them: `linernotes verify --package {package.path}`; nothing was sent."
        )
    manifest = read_manifest(package.path)
    _require_own(package, manifest)
    there = [*(entry["name"] for entry in manifest["files"]), MANIFEST]
    if (package.path / SIGNATURE).is_file():
        there.append(SIGNATURE)
    accepted = [name for name in there if agreement.takes(name)]
    flaws = [
        *_idle_patterns(agreement, there),
        *_nobodys(package, agreement, sender, [one for one in accepted if _is_addressed(one)]),
    ]
    if flaws:
        raise ReleaseRefused(
            f"{place} must not be delivered: {'; '.join(flaws)}. Nothing was sent."
        )
    return accepted


def require_issued(settings: Settings, package: Package) -> None:
    """Requires that the statements of a package are those of the ledger, to the cent.

    Raises:
        ReleaseRefused: if they are not, because the package or the ledger was changed.
    """
    issued = issued_statements(settings)
    for stated in read_manifest(package.path)["statements"]:
        own = issued.get(stated["statement_id"])
        if own is None or any(getattr(own, name, None) != stated[name] for name in stated):
            raise ReleaseRefused(
                f"{package.path} and the ledger disagree about {stated['statement_id']}. Nothing "
                "was sent. Run `linernotes verify --ledger`."
            )


def _is_addressed(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in ADDRESSED)


def _require_own(package: Package, manifest: dict[str, Any]) -> None:
    """Requires that the folder, its manifest and the package name the same partner and month.

    Raises:
        ReleaseRefused: if they do not: a partner would get another's package, or a draft.
    """
    named = (package.partner_id, package.report_month, package.version, package.state)
    stated = tuple(manifest[name] for name in ("partner_id", "report_month", "version", "state"))
    place = (file_safe(package.partner_id), package.report_month, f"v{package.version}")
    if (
        stated != named
        or package.path.parts[-3:] != place
        or file_sha256(package.path / MANIFEST) != package.manifest_sha256
    ):
        raise ReleaseRefused(
            f"{package.path} is not the package of {' '.join(map(str, named))}: its manifest says "
            f"{' '.join(map(str, stated))}. Nothing was sent. Restore the outbox from a backup; "
            "then report again."
        )


def _idle_patterns(agreement: Agreement, there: list[str]) -> Iterator[str]:
    for pattern in agreement.files:
        if not any(fnmatchcase(name, pattern) for name in there):
            yield (
                f"no file of the package matches {pattern!r} of `files` in the agreements; its "
                f"files are {', '.join(there)}"
            )


def _nobodys(
    package: Package, agreement: Agreement, sender: Sender, names: list[str]
) -> Iterator[str]:
    """Reasons why DDEX files would have the placeholder as party identifier."""
    if not names:
        return
    if sender.dpid == NOBODY:
        yield "it has DDEX files, and the agreements have no DPID of the sender (sender.dpid)"
    if agreement.dpid in (None, NOBODY):
        yield (
            "it has DDEX files, and the agreements have no DPID of the recipient "
            f"(partners.{package.partner_id}.dpid)"
        )
    for name in names:
        if NOBODY in name or NOBODY in _header(package.path / name):
            yield (
                f"{name} was written with the placeholder DPID; write a new version under the "
                f"present agreements: `linernotes report --month {package.report_month} --partner "
                f"{package.partner_id} --rewrite`"
            )


def _header(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as lines:
        return next((line for line in lines if line.startswith("HEAD\t")), "")
