"""Delivers to a bucket of an S3-compatible store, large files in parts that can be resumed.

boto3 reads the credentials from the environment. A key appears only when its object is complete.
"""

import base64
import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from linernotes.agreements import S3Target
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.delivery.destination import Acknowledgement, OnBytes, described
from linernotes.delivery.errors import ConnectionFault

PART_BYTES, MOST_PARTS = 8 << 20, 10_000
CONNECT_SECONDS, READ_SECONDS = 30, 120
# Codes of temporary faults, beside every status from 500.
PASSING = {"SlowDown", "RequestTimeout", "Throttling", "BadDigest", "OperationAborted"}


class Bucket:
    """A bucket as a destination."""

    def __init__(self, target: S3Target) -> None:
        self._target = target
        self._place = described(target)
        self._bucket = target.bucket

    def __enter__(self) -> Self:
        with self._in_words():
            self._client: Any = boto3.session.Session().client(
                "s3",
                endpoint_url=self._target.endpoint_url,
                region_name=self._target.region,
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    # The target is agreed; settings of this machine must not redirect it.
                    ignore_configured_endpoint_urls=True,
                    # The caller counts and records attempts.
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    # Some compatible stores lack the newer checksums; all support MD5.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        with self._in_words():
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(name))
            except ClientError as reason:
                # Without the right to list, a missing object gives 403.
                if _status(reason) in (403, 404):
                    return None
                raise
        if head["ContentLength"] != size or head["Metadata"].get("sha256") != sha256:
            return None
        return _acknowledged(head, size)

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        size, key = path.stat().st_size, self._key(name)
        # Unlike other targets, the store cannot report a SHA-256 afterwards.
        if file_sha256(path) != sha256:
            raise LinernotesError(
                f"{path} has changed since it was checked; verify the package, then deliver again."
            )
        with self._in_words(), path.open("rb") as source:
            if size <= PART_BYTES:
                answer = self._put_whole(key, source.read(), sha256)
                on_bytes(size)
            else:
                answer = self._put_parts(key, source, size, sha256, on_bytes)
        return _acknowledged(answer, size)

    def flag(self, name: str) -> None:
        with self._in_words():
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=b"")

    def withdraw(self, name: str) -> None:
        place = {"Bucket": self._bucket, "Key": self._key(name)}
        with self._in_words():
            try:
                self._client.head_object(**place)
            except ClientError as reason:
                if _status(reason) == 404:
                    return
                # Without the right to read it, the object may exist.
                if _status(reason) != 403:
                    raise
            self._client.delete_object(**place)

    def _key(self, name: str) -> str:
        return f"{self._target.prefix.strip('/')}/{name}".lstrip("/")

    def _put_whole(self, key: str, content: bytes, sha256: str) -> dict[str, Any]:
        return self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentMD5=_base64(content),
            Metadata={"sha256": sha256},
        )

    def _put_parts(
        self, key: str, source: BinaryIO, size: int, sha256: str, on_bytes: OnBytes
    ) -> dict[str, Any]:
        """Sends the parts that no earlier attempt has sent, then completes the upload."""
        part_bytes = max(PART_BYTES, -(-size // MOST_PARTS))
        upload, parts = self._resumed_upload(key, source, part_bytes)
        if upload is None:
            made = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, Metadata={"sha256": sha256}
            )
            upload = {"Bucket": self._bucket, "Key": key, "UploadId": made["UploadId"]}
        source.seek(len(parts) * part_bytes)
        on_bytes(min(size, len(parts) * part_bytes))
        while content := source.read(part_bytes):
            sent = self._client.upload_part(
                **upload, PartNumber=len(parts) + 1, Body=content, ContentMD5=_base64(content)
            )
            parts.append({"PartNumber": len(parts) + 1, "ETag": sent["ETag"]})
            on_bytes(source.tell())
        return self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})

    def _resumed_upload(
        self, key: str, source: BinaryIO, part_bytes: int
    ) -> tuple[dict[str, str] | None, list[dict[str, Any]]]:
        """An unfinished upload of this file, with its leading parts that agree with the file.

        An upload without such a part is aborted, because unfinished uploads cost their owner money.
        """
        found: tuple[dict[str, str] | None, list[dict[str, Any]]] = (None, [])
        for upload in self._unfinished(key):
            parts = self._parts_alike(upload, source, part_bytes)
            if parts and found[0] is None:
                found = upload, parts
            else:
                self._client.abort_multipart_upload(**upload)
        return found

    def _unfinished(self, key: str) -> list[dict[str, str]]:
        pages = self._client.get_paginator("list_multipart_uploads")
        try:
            return [
                {"Bucket": self._bucket, "Key": key, "UploadId": one["UploadId"]}
                for page in pages.paginate(Bucket=self._bucket, Prefix=key)
                for one in page.get("Uploads", [])
                if one["Key"] == key
            ]
        except ClientError as reason:
            # Without the right to list them, the upload starts again.
            if _status(reason) == 403:
                return []
            raise

    def _parts_alike(
        self, upload: dict[str, str], source: BinaryIO, part_bytes: int
    ) -> list[dict[str, Any]]:
        alike: list[dict[str, Any]] = []
        source.seek(0)
        for page in self._client.get_paginator("list_parts").paginate(**upload):
            for part in page.get("Parts", []):
                content = source.read(part_bytes)
                if (
                    part["PartNumber"] != len(alike) + 1
                    or part["Size"] != len(content)
                    or part["ETag"].strip('"') != _md5(content).hexdigest()
                ):
                    return alike
                alike.append({"PartNumber": part["PartNumber"], "ETag": part["ETag"]})
        return alike

    @contextmanager
    def _in_words(self) -> Generator[None]:
        try:
            yield
        except ClientError as reason:
            code, message = (reason.response["Error"].get(name) for name in ("Code", "Message"))
            if _status(reason) >= 500 or code in PASSING:
                raise ConnectionFault(f"{self._place}: {message or code}") from reason
            raise LinernotesError(
                f"{self._place} refused {reason.operation_name}: {message or code}. Check the "
                "bucket's name and policy and the credentials in the environment (AWS_…); then "
                "deliver again, which resumes this delivery."
            ) from reason
        except (HTTPClientError, NoConnection) as reason:
            raise ConnectionFault(f"{self._place}: {reason}") from reason
        except (BotoCoreError, ValueError) as reason:
            raise LinernotesError(
                f"{self._place} cannot be used: {reason}. Credentials come from the environment "
                "(AWS_ACCESS_KEY_ID and others, as boto3 reads them), the rest from the agreement."
            ) from reason


def _acknowledged(answer: dict[str, Any], size: int) -> Acknowledgement:
    version = {"version_id": answer["VersionId"]} if answer.get("VersionId") else {}
    return {"bytes": size, "etag": answer["ETag"].strip('"')} | version


def _status(reason: ClientError) -> int:
    return reason.response["ResponseMetadata"]["HTTPStatusCode"]


def _md5(content: bytes) -> Any:
    # The store's checksum against transmission errors, not for security.
    return hashlib.md5(content, usedforsecurity=False)


def _base64(content: bytes) -> str:
    return base64.b64encode(_md5(content).digest()).decode()
