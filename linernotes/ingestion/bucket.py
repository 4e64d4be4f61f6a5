"""A landing zone in a bucket of an S3-compatible store, which is read in place and not written.

boto3 reads credentials and address from the environment (`AWS_…`). `landing.py` classifies the
files, as for folders.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from linernotes.base.errors import LinernotesError
from linernotes.ingestion.errors import NoLandingZone

CONNECT_SECONDS, READ_SECONDS, TRIES = 10, 60, 4
_PIECE = 8 << 20
_GONE = {"NoSuchKey", "404", "NotFound", "PreconditionFailed", "412"}


@dataclass(frozen=True)
class BucketObject:
    """One object: its size, and a mark of its content and time."""

    key: str
    fingerprint: tuple[int, int]


class Bucket:
    """The objects below a URL such as `s3://bucket/prefix`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.address, self.name = address, parts.netloc
        prefix = parts.path.strip("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self._client: Any = None

    def objects(self) -> dict[str, BucketObject]:
        """Every object below the prefix, by the rest of its key.

        Raises:
            NoLandingZone: there is no such bucket.
            LinernotesError: the store cannot be reached, or refuses.
        """
        found = {}
        for one in self._pages():
            name = one["Key"].removeprefix(self.prefix)
            if name and not name.endswith("/"):
                mark = _fingerprint(one["Size"], one["LastModified"], one["ETag"])
                found[name] = BucketObject(one["Key"], mark)
        return found

    def fingerprint(self, name: str) -> tuple[int, int]:
        """Size and mark of an object as it is now.

        Raises:
            FileNotFoundError: it is gone.
            OSError: the store cannot be reached, or refuses.
        """
        head = self._ask("head_object", name)
        return _fingerprint(head["ContentLength"], head["LastModified"], head["ETag"])

    def open(self, name: str) -> tuple[BufferedReader, tuple[int, int]]:
        """The content of an object in a nameless temporary file, with its size and mark.

        The file disappears when it is closed. An object that is replaced meanwhile is read
        completely in its old version.

        Raises:
            FileNotFoundError: it is gone.
            OSError: the store cannot be reached, or breaks off.
        """
        answer = self._ask("get_object", name)
        with tempfile.TemporaryFile() as file:
            try:
                for piece in answer["Body"].iter_chunks(_PIECE):
                    file.write(piece)
            except OSError:
                raise
            except Exception as reason:
                raise OSError(errno.EIO, f"the store broke off: {reason}") from None
            file.flush()
            if file.tell() != answer["ContentLength"]:
                raise OSError(errno.EIO, "the store sent less than it announced")
            file.seek(0)
            mark = _fingerprint(answer["ContentLength"], answer["LastModified"], answer["ETag"])
            return os.fdopen(os.dup(file.fileno()), "rb"), mark

    def _ask(self, what: str, name: str) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._s3(), what)(Bucket=self.name, Key=self.prefix + name)
        except ClientError as reason:
            if reason.response["Error"]["Code"] in _GONE:
                raise FileNotFoundError(errno.ENOENT, "it is gone", name) from None
            raise OSError(errno.EACCES, str(reason)) from None
        except BotoCoreError as reason:
            raise OSError(errno.EIO, str(reason)) from None

    def _pages(self) -> Iterator[dict[str, Any]]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            pages = self._s3().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=self.prefix):
                yield from page.get("Contents", [])
        except ClientError as reason:
            if reason.response["Error"]["Code"] == "NoSuchBucket":
                raise NoLandingZone(
                    f"there is no bucket {self.name!r}. Create it, or set the landing zone with "
                    "LINERNOTES_LANDING or load --landing"
                ) from None
            raise LinernotesError(f"{self.address} cannot be listed: {reason}") from None
        except BotoCoreError as reason:
            raise LinernotesError(f"{self.address} cannot be reached: {reason}") from None

    def _s3(self) -> Any:
        if self._client is None:
            import boto3
            from botocore.config import Config

            self._client = boto3.session.Session().client(
                "s3",
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"total_max_attempts": TRIES, "mode": "standard"},
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        return self._client


def _fingerprint(size: int, modified: datetime, etag: str) -> tuple[int, int]:
    """Like a file's: size and nanoseconds, whose fraction of a second marks the content."""
    mark = int(hashlib.sha256(etag.encode()).hexdigest()[:12], 16)
    return size, int(modified.timestamp()) * 10**9 + mark % 10**9


def is_bucket(place: Path | str) -> bool:
    """Whether a landing zone is the URL of a bucket rather than a folder."""
    return isinstance(place, str) and place.startswith("s3://")
