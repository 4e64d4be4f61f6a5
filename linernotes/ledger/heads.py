"""Heads: the signed number and hash of an entry of the ledger, and where copies of them are.

A head outside the ledger shows whether the ledger was rolled back, emptied or rewritten.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ledger.files import ENTRY, HEAD, issuance_folders
from linernotes.ledger.keys import SigningKey, is_signed, key_id_of
from linernotes.ledger.records import json_text

PUBLISHED_HEADS = "quality.ledger_heads"
# The name of a head in the manifest of a package and in the record of a delivery.
LEDGER_HEAD = "ledger_head"


@dataclass(frozen=True)
class Head:
    """An entry of the ledger in one line, for others to keep.

    Attributes:
        number: The entry's number.
        sha256: Of its `entry.json`, which holds the hash of the previous entry.
        key_id: First digits of the SHA-256 of the public key.
        public_key: The service's public key, 32 bytes in base64.
        signature: Of number and hash, in base64; empty, like the keys, in an entry of version 1.
    """

    number: int
    sha256: str
    key_id: str = ""
    public_key: str = ""
    signature: str = ""

    @property
    def message(self) -> bytes:
        """The signed text."""
        return f"linernotes ledger head 1\n{self.number}\n{self.sha256}\n".encode()

    @property
    def is_valid(self) -> bool:
        """Whether the signature is that of the key; False if there is none."""
        return self.key_id == key_id_of(self.public_key) and is_signed(
            self.message, self.signature, self.public_key
        )

    @property
    def text(self) -> str:
        """The file that an auditor keeps."""
        return json_text(asdict(self))


@dataclass(frozen=True)
class KnownHead:
    """A head and the file that it was read from."""

    source: str
    head: Head


def signed_head(number: int, sha256: str, key: SigningKey) -> Head:
    unsigned = Head(number, sha256, key.key_id, key.public_key)
    return replace(unsigned, signature=key.sign(unsigned.message))


def head_from(content: Any) -> Head:
    """Reads a head from JSON.

    Raises:
        ValueError: if it is not a head.
    """
    types = {one.name: one.type for one in fields(Head)}
    if (
        not isinstance(content, dict)
        or content.keys() != types.keys()
        or any(type(content[name]) is not type_ for name, type_ in types.items())
    ):
        raise ValueError(f"a head has exactly the fields {', '.join(types)}")
    return Head(**content)


def head_file(path: Path) -> Head:
    """The head in a file, as `linernotes ledger head` prints it.

    Raises:
        LinernotesError: if it cannot be read.
    """
    try:
        return head_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as reason:
        raise LinernotesError(
            f"{path} is not a head of a ledger ({reason}): give the file that `linernotes ledger "
            "head` has written."
        ) from reason


def head_of(folder: Path) -> Head:
    """The head in the folder of an issuance.

    Raises:
        LinernotesError: if it cannot be read.
    """
    if (folder / HEAD).is_file():
        return head_file(folder / HEAD)
    return Head(int(folder.name), file_sha256(folder / ENTRY))


def ledger_head(settings: Settings) -> Head | None:
    """The head of the last entry; None if nothing is issued."""
    last = max(issuance_folders(settings), default=None)
    return head_of(last) if last else None


def keep_head(settings: Settings, head: Head) -> None:
    """Writes the head of the last entry beside the ledger."""
    durable.write_text(settings.ledger_head_file, head.text)


def known_heads(settings: Settings) -> Iterator[KnownHead | LinernotesError]:
    """Every head outside the ledger in this home.

    For a file that cannot be read, the list has an error instead.
    """
    for path, content in heads_elsewhere(settings):
        own = path == settings.ledger_head_file
        entry = content if own or isinstance(content, LinernotesError) else content.get(LEDGER_HEAD)
        if isinstance(entry, LinernotesError):
            yield entry
        elif entry is not None:
            try:
                yield KnownHead(name_of(settings, path), head_from(entry))
            except ValueError as reason:
                yield _unreadable(settings, path, reason)
    yield from _published(settings)


def heads_elsewhere(settings: Settings) -> Iterator[tuple[Path, dict[str, Any] | LinernotesError]]:
    """The head beside the ledger, the manifests of the outbox, the records of deliveries."""
    manifests = settings.outbox_root.glob("*/*/v*/manifest.json")
    records = (settings.delivery_root / "records").glob("*/*/v*.json")
    own = [settings.ledger_head_file] if settings.ledger_head_file.exists() else []
    for path in (*own, *sorted(manifests), *sorted(records)):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(content, dict):
                raise ValueError("it is not a JSON object")
            yield path, content
        except (OSError, ValueError, RecursionError) as reason:
            yield path, _unreadable(settings, path, reason)


def _unreadable(settings: Settings, path: Path, reason: Exception) -> LinernotesError:
    return LinernotesError(
        f"{name_of(settings, path)} cannot be read ({reason}), and may refer to a later entry: "
        "restore it from a backup; a package that was never delivered may be moved away instead"
    )


def name_of(settings: Settings, path: Path) -> str:
    """A file's name for readers: relative to the home, if it is in it."""
    return str(path.relative_to(settings.home) if path.is_relative_to(settings.home) else path)


def _published(settings: Settings) -> Iterator[KnownHead]:
    """Heads in the published files, without unreadable ones, which can be built again."""
    columns = ", ".join(one.name for one in fields(Head))
    for path in sorted(settings.published_root.glob("linernotes*.duckdb")):
        with suppress(duckdb.Error, LinernotesError, OSError):
            with open_published(settings, path) as connection:
                rows = connection.execute(f"select {columns} from {PUBLISHED_HEADS}").fetchall()
            for row in rows:
                yield KnownHead(name_of(settings, path), Head(*row))
