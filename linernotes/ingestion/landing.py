"""Lists the landing zone: which files are deliveries, and why others are not.

The landing zone belongs to other systems and is only read. This module does not read the content of
files.
"""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any

from linernotes.base import disk
from linernotes.base.settings import Limits
from linernotes.ingestion.bucket import Bucket, BucketObject, is_bucket
from linernotes.ingestion.errors import NoLandingZone, RefusedFile
from linernotes.ingestion.feeds import ENDINGS
from linernotes.ingestion.limits import is_nested_over, nesting_advice
from linernotes.ingestion.opening import LINK, NO_FILE, UnfitFileError, open_regular

MANIFEST_ENDING = ".manifest.json"
# It has two values, so this is enough.
LARGEST_MANIFEST_BYTES = 1024 * 1024
_QUOTED = 100
_UNFINISHED = (".part", ".tmp")


@dataclass(frozen=True)
class Arrival:
    """A delivery of a feed. `root` is its landing zone."""

    root: Path
    path: Path
    name: str
    source: str
    feed: str
    ending: str

    @property
    def feed_name(self) -> str:
        return f"{self.source}/{self.feed}"

    def fingerprint(self) -> tuple[int, int]:
        """Size and time of change, to detect writes during reading."""
        return fingerprint_of(self.path.lstat())

    def fingerprint_of(self, stream: BufferedReader) -> tuple[int, int]:
        """Size and time of change of the opened file."""
        return fingerprint_of(os.fstat(stream.fileno()))

    def fingerprints(self) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """The fingerprints of the file and of its manifest; either may be missing by now."""
        beside = self.path.with_name(self.path.name + MANIFEST_ENDING)
        return _fingerprint(self.path), _fingerprint(beside)

    def open(self) -> BufferedReader:
        """The file, opened as a regular one.

        Raises:
            UnfitFileError: it is now a link, or not a regular file.
            OSError: it no longer exists, or may not be read.
        """
        return open_regular(self.root, self.path)

    def open_manifest(self) -> BufferedReader:
        """The manifest beside the file.

        Raises:
            FileNotFoundError: there is none.
            UnfitFileError: it is not a regular file.
            OSError: it may not be read.
        """
        return open_regular(self.root, self.path.with_name(self.path.name + MANIFEST_ENDING))


@dataclass(frozen=True)
class BucketArrival(Arrival):
    """A delivery in a bucket, as it was listed."""

    bucket: Bucket = field(default_factory=lambda: Bucket("s3://"))
    listed: dict[str, BucketObject] = field(default_factory=dict)
    _opened: dict[int, tuple[int, int]] = field(default_factory=dict)

    def fingerprint(self) -> tuple[int, int]:
        return self.bucket.fingerprint(self.name)

    def fingerprint_of(self, stream: BufferedReader) -> tuple[int, int]:
        return self._opened[id(stream)]

    def fingerprints(self) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        beside = self.listed.get(self.name + MANIFEST_ENDING)
        return self.listed[self.name].fingerprint, beside.fingerprint if beside else None

    def open(self) -> BufferedReader:
        stream, mark = self.bucket.open(self.name)
        self._opened[id(stream)] = mark
        return stream

    def open_manifest(self) -> BufferedReader:
        return self.bucket.open(self.name + MANIFEST_ENDING)[0]


def fingerprint_of(status: os.stat_result) -> tuple[int, int]:
    """Size and time of change."""
    return status.st_size, status.st_mtime_ns


def _fingerprint(path: Path) -> tuple[int, int] | None:
    try:
        return fingerprint_of(path.lstat())
    except OSError:
        return None


@dataclass
class Listing:
    """The files of the landing zone at one moment, in the order of names."""

    arrivals: list[Arrival] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)


def list_landing(place: Path | str, feeds: Sequence[str] | None = None) -> Listing:
    """Find the deliveries of some feeds, or of all, and the reasons why other files are not.

    Args:
        place: A folder, or the address of a bucket, such as `s3://bucket/prefix`.
        feeds: `<source>/<feed>` names; all of them if not given.

    Raises:
        NoLandingZone: there is no such folder or bucket.
    """
    _require_feeds(feeds)
    if is_bucket(place):
        return _list_bucket(Bucket(str(place)), feeds)
    root = Path(place)
    if not root.is_dir():
        raise NoLandingZone(
            f"there is no landing zone at {root}. Create the folder, or set it with "
            "LINERNOTES_LANDING or load --landing DIR"
        )
    listing = Listing()
    found = dict(_found(root))
    for path in sorted(found, key=lambda path: path.relative_to(root).as_posix()):
        relative = path.relative_to(root)
        name = _readable(relative)
        feed_name = "/".join(relative.parts[:2])
        if feeds and not any(f"{feed}/".startswith(f"{feed_name}/") for feed in feeds):
            continue
        reason = _why_ignored(relative, feed_name, found[path], _lies_beside(path))
        if reason is None:
            source, feed = relative.parts[:2]
            ending = _ending(path.name, feed_name)
            listing.arrivals.append(Arrival(root, path, name, source, feed, ending or ""))
        elif reason:
            listing.ignored[name] = reason
    return listing


def _require_feeds(feeds: Sequence[str] | None) -> None:
    unknown = sorted(set(feeds or ()) - set(ENDINGS))
    if unknown:
        raise ValueError(
            f"no such feed: {', '.join(unknown)}. There are: {', '.join(sorted(ENDINGS))}"
        )


def _list_bucket(bucket: Bucket, feeds: Sequence[str] | None) -> Listing:
    listing, objects = Listing(), bucket.objects()
    for name in sorted(objects):
        relative = Path(name)
        feed_name = "/".join(relative.parts[:2])
        if feeds and feed_name not in feeds:
            continue
        described = name.removesuffix(MANIFEST_ENDING)
        reason = _why_ignored(relative, feed_name, None, described in objects)
        if reason is None:
            source, feed = relative.parts[:2]
            ending = _ending(relative.name, feed_name) or ""
            root = Path("/") / bucket.name / bucket.prefix
            listing.arrivals.append(
                BucketArrival(root, root / name, name, source, feed, ending, bucket, objects)
            )
        elif reason:
            listing.ignored[name] = reason
    return listing


def _lies_beside(path: Path) -> bool:
    """Whether the file that a manifest describes exists."""
    return os.path.lexists(path.with_name(path.name.removesuffix(MANIFEST_ENDING)))


def _readable(relative: Path) -> str:
    """The name as text, with bytes that are not UTF-8 escaped."""
    return relative.as_posix().encode(errors="surrogateescape").decode(errors="backslashreplace")


def _found(root: Path) -> Iterator[tuple[Path, str | None]]:
    """Everything below a folder except folders, with the reason if it is not a regular file."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    path = folder / entry.name
                    if entry.is_symlink():
                        yield path, LINK
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(path)
                    else:
                        yield path, None if entry.is_file(follow_symlinks=False) else NO_FILE
        except FileNotFoundError:
            continue
        except OSError as error:
            yield (
                folder,
                f"the folder cannot be read ({error.strerror}); give the loader the right to "
                "read it",
            )


def _ending(name: str, feed_name: str) -> str | None:
    fitting = [ending for ending in ENDINGS[feed_name] if name.lower().endswith(ending)]
    return max(fitting, key=len, default=None)


def _why_ignored(
    relative: Path, feed_name: str, unfit: str | None, is_described: bool
) -> str | None:
    """Why a file is not a delivery; empty for a manifest beside its file, None for a delivery."""
    name = relative.name.lower()
    if any(part.startswith(".") for part in relative.parts):
        return "its name starts with a dot: ignored until renamed"
    if name.endswith(_UNFINISHED):
        return f"its name ends in {relative.suffix}: ignored until renamed"
    if unfit and len(relative.parts) < 3:
        return unfit
    if feed_name not in ENDINGS or len(relative.parts) != 3:
        return "it is not in the folder of a feed; put it in <source>/<feed>/"
    if name.endswith(MANIFEST_ENDING):
        # For a link and the like, the refusal of its file has the reason.
        return "" if is_described else "a manifest whose file is not here"
    if unfit:
        return unfit
    if _ending(name, feed_name) is None:
        return f"its ending is none of {', '.join(ENDINGS[feed_name])}"
    return None


@dataclass(frozen=True)
class Manifest:
    """A sender's statements about a file, from the manifest beside it."""

    rows: Any = None
    sha256: Any = None

    def check_sha256(self, actual: str) -> None:
        if self.sha256 is not None and str(self.sha256).lower() != actual:
            raise RefusedFile(
                f"the manifest says sha256 {_quoted(self.sha256)}, the file has {actual};"
                " send both again"
            )

    def check_rows(self, actual: int) -> None:
        if self.rows is not None and str(self.rows) != str(actual):
            raise RefusedFile(
                f"the manifest says {_quoted(self.rows)} rows, the file has {actual};"
                " send both again"
            )


def read_manifest(arrival: Arrival, limits: Limits) -> Manifest:
    """The manifest beside a file; an empty one if there is none.

    Raises:
        RefusedFile: it is not a regular file, may not be read, is too large, nested too deep, or
            not a JSON object.
        OSError: reading it failed.
    """
    beside = arrival.path.with_name(arrival.path.name + MANIFEST_ENDING)

    def refused(why: object) -> RefusedFile:
        return RefusedFile(f"the manifest {beside.name} cannot be read ({why}); send it again")

    try:
        with arrival.open_manifest() as stream:
            content = stream.read(LARGEST_MANIFEST_BYTES + 1)
        if len(content) > LARGEST_MANIFEST_BYTES:
            raise refused(f"it is larger than {LARGEST_MANIFEST_BYTES:,} bytes")
        text = content.decode(json.detect_encoding(content))
        if is_nested_over(limits, text):
            raise refused(nesting_advice(limits))
        fields = json.loads(text.removeprefix("\ufeff"))
    except FileNotFoundError:
        return Manifest()
    except (ValueError, OSError, RecursionError, UnfitFileError) as error:
        if isinstance(error, OSError):
            # Files with the longest possible names cannot have a manifest.
            if error.errno == errno.ENAMETOOLONG:
                return Manifest()
            if disk.message_for(error) and not isinstance(error, PermissionError):
                raise
        raise refused(error) from error
    if not isinstance(fields, dict):
        raise RefusedFile(f"the manifest {beside.name} is not a JSON object; send it again")
    return Manifest(fields.get("rows"), fields.get("sha256"))


def _quoted(fields: Any) -> str:
    text = str(fields)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
