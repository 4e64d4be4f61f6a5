"""What lies in the landing zone: which files are deliveries, which are not and why.

The landing zone belongs to other systems and is only read. What is inside a file is not looked at.
"""

import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linernotes.ingestion.errors import NoLandingZone, RefusedFile
from linernotes.ingestion.feeds import ENDINGS

MANIFEST_ENDING = ".manifest.json"
_UNFINISHED = (".part", ".tmp")


@dataclass(frozen=True)
class Arrival:
    """A file that some feed takes."""

    path: Path
    name: str
    source: str
    feed: str
    ending: str

    @property
    def feed_name(self) -> str:
        return f"{self.source}/{self.feed}"

    def fingerprint(self) -> tuple[int, int]:
        """Size and time of change: whether somebody writes while we read."""
        stat = self.path.stat()
        return stat.st_size, stat.st_mtime_ns

    def fingerprints(self) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """Those of the file and of the manifest beside it; either may be missing by now."""
        beside = self.path.with_name(self.path.name + MANIFEST_ENDING)
        return _fingerprint(self.path), _fingerprint(beside)

    def sha256(self) -> str:
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def _fingerprint(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


@dataclass
class Listing:
    """The landing zone at one moment, in the order of names."""

    arrivals: list[Arrival] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)


def list_landing(root: Path, feeds: list[str] | None = None) -> Listing:
    """Find the deliveries of some feeds, or of all, and say why other files are none."""
    if not root.is_dir():
        raise NoLandingZone(
            f"there is no landing zone at {root}. Make the folder, or say where it lies:"
            " LINERNOTES_LANDING, or load --landing DIR"
        )
    unknown = sorted(set(feeds or ()) - set(ENDINGS))
    if unknown:
        raise ValueError(
            f"no such feed: {', '.join(unknown)}. There are: {', '.join(sorted(ENDINGS))}"
        )
    listing = Listing()
    for path in sorted(_files(root), key=lambda path: path.relative_to(root).as_posix()):
        relative = path.relative_to(root)
        name = _readable(relative)
        feed_name = "/".join(relative.parts[:2])
        if feeds and feed_name not in feeds:
            continue
        reason = _why_ignored(relative, feed_name, path)
        if reason is None:
            source, feed = relative.parts[:2]
            ending = _ending(path.name, feed_name)
            listing.arrivals.append(Arrival(path, name, source, feed, ending or ""))
        elif reason:
            listing.ignored[name] = reason
    return listing


def _readable(relative: Path) -> str:
    """The name as text, with the bytes in it that are no UTF-8 spelt out."""
    return relative.as_posix().encode(errors="surrogateescape").decode(errors="backslashreplace")


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def _ending(name: str, feed_name: str) -> str | None:
    fitting = [ending for ending in ENDINGS[feed_name] if name.lower().endswith(ending)]
    return max(fitting, key=len, default=None)


def _why_ignored(relative: Path, feed_name: str, path: Path) -> str | None:
    """Why a file is no delivery; empty for a manifest beside its file, None for a delivery."""
    name = relative.name.lower()
    if any(part.startswith(".") for part in relative.parts):
        return "its name starts with a dot: ignored until renamed"
    if name.endswith(_UNFINISHED):
        return f"its name ends in {path.suffix}: ignored until renamed"
    if feed_name not in ENDINGS or len(relative.parts) != 3:
        return "it lies in no feed's folder; put it in <source>/<feed>/"
    if name.endswith(MANIFEST_ENDING):
        described = path.with_name(path.name[: -len(MANIFEST_ENDING)])
        return "" if described.exists() else "a manifest whose file is not here"
    if _ending(name, feed_name) is None:
        return f"its ending is none of {', '.join(ENDINGS[feed_name])}"
    return None


@dataclass(frozen=True)
class Manifest:
    """What a sender says of a file beside it."""

    rows: Any = None
    sha256: Any = None

    def check_sha256(self, actual: str) -> None:
        if self.sha256 is not None and str(self.sha256).lower() != actual:
            raise RefusedFile(
                f"the manifest says sha256 {self.sha256}, the file has {actual}; send both again"
            )

    def check_rows(self, actual: int) -> None:
        if self.rows is not None and str(self.rows) != str(actual):
            raise RefusedFile(
                f"the manifest says {self.rows} rows, the file has {actual}; send both again"
            )


def read_manifest(path: Path) -> Manifest:
    """The manifest beside a file; an empty one if there is none."""
    beside = path.with_name(path.name + MANIFEST_ENDING)
    try:
        said = json.loads(beside.read_bytes())
    except FileNotFoundError:
        return Manifest()
    except (ValueError, OSError, RecursionError) as error:
        # Beside the longest names that a file may have, none can lie.
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            return Manifest()
        raise RefusedFile(
            f"the manifest {beside.name} cannot be read ({error}); send it again"
        ) from error
    if not isinstance(said, dict):
        raise RefusedFile(f"the manifest {beside.name} is no JSON object; send it again")
    return Manifest(said.get("rows"), said.get("sha256"))
