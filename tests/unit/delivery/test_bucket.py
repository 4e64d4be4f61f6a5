"""Deliveries to a real S3 interface with broken connections: uploads resume, keys are complete.

`test_shipping.py` tests the steps that all targets share.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto.server import ThreadedMotoServer
from urllib3 import HTTPResponse

from linernotes.agreements import S3Target
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.delivery import DELIVERED, FAILED, RetryPolicy, deliver_packages
from linernotes.delivery.bucket import Bucket
from tests.fixtures.deliveries import (
    DSR_FLAG,
    FLAG,
    HASTY,
    PARTNER_DPID,
    PLACE,
    CutLine,
    add_file,
    agree,
    package_of,
    tree,
)

LARGE, BUCKET, PREFIX = "large.bin", "drop-of-tune", "from/house"
ONCE = RetryPolicy(tries=1)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def store(port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the store with the partner's empty bucket, as agreed."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "house")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-1")
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    agree_on(settings, port)
    yield client
    for key in keys(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    for upload in client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
        client.abort_multipart_upload(Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def line(store: Any, port: int, settings: Settings) -> Iterator[CutLine]:
    line = CutLine("127.0.0.1", port)
    agree_on(settings, line.port)
    yield line
    line.close()


def agree_on(settings: Settings, port: int, bucket: str = BUCKET) -> None:
    agree(
        settings,
        f'[partners.tune]\ndpid = "{PARTNER_DPID}"\n[partners.tune.target]\nkind = "s3"\n'
        f'bucket = "{bucket}"\nprefix = "{PREFIX}/"\n'
        f'endpoint_url = "http://127.0.0.1:{port}"\nregion = "eu-west-1"\n',
    )


def keys(store: Any) -> list[str]:
    return [one["Key"] for one in store.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def content(store: Any, key: str) -> bytes:
    return store.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def test_s3_delivery_brings_every_file_and_keeps_the_etags(settings: Settings, store: Any) -> None:
    package = package_of(settings, "tune")

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    sent = {f"{PREFIX}/{PLACE}/{name}": text for name, text in tree(package.path).items()}
    assert {key: content(store, key) for key in keys(store)} == sent | {
        f"{PREFIX}/{flag}": b"" for flag in (DSR_FLAG, FLAG)
    }
    assert shipment.outcome == DELIVERED
    for file in shipment.files:
        head = store.head_object(Bucket=BUCKET, Key=f"{PREFIX}/{PLACE}/{file.sent_name}")
        assert head["Metadata"]["sha256"] == file.sha256
        assert file.acknowledgement["etag"] == head["ETag"].strip('"')


def test_s3_delivery_cut_in_the_middle_goes_on_with_the_missing_parts(
    settings: Settings, store: Any, line: CutLine
) -> None:
    package = add_file(settings, "tune", LARGE, os.urandom(20 << 20))
    key = f"{PREFIX}/{PLACE}/{LARGE}"
    line.cut_after = 13 << 20
    [cut] = deliver_packages(settings, [package], retry_policy=ONCE)
    keys_meanwhile = keys(store)
    [upload] = store.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    parts = store.list_parts(Bucket=BUCKET, Key=key, UploadId=upload["UploadId"])["Parts"]
    line.sent = 0

    [shipment] = deliver_packages(settings, [package], retry_policy=ONCE)

    assert cut.outcome == FAILED
    assert key not in keys_meanwhile
    assert f"{PREFIX}/{FLAG}" not in keys_meanwhile
    assert [part["PartNumber"] for part in parts] == [1]
    assert shipment.outcome == DELIVERED
    assert 12 << 20 < line.sent < 14 << 20
    assert content(store, key) == (package.path / LARGE).read_bytes()
    assert "Uploads" not in store.list_multipart_uploads(Bucket=BUCKET)


def test_s3_delivery_cut_in_the_middle_tries_again_by_itself(
    settings: Settings, store: Any, line: CutLine
) -> None:
    package = add_file(settings, "tune", LARGE, os.urandom(9 << 20))
    line.cut_after = 5 << 20

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (DELIVERED, 2)
    assert f"{PREFIX}/{FLAG}" in keys(store)


def test_s3_upload_of_other_bytes_is_aborted(settings: Settings, store: Any) -> None:
    key = f"{PREFIX}/{PLACE}/{LARGE}"
    upload = store.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    store.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=bytes(8 << 20))
    package = add_file(settings, "tune", LARGE, os.urandom(9 << 20))

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    assert shipment.outcome == DELIVERED
    assert content(store, key) == (package.path / LARGE).read_bytes()
    assert "Uploads" not in store.list_multipart_uploads(Bucket=BUCKET)


def test_s3_object_that_is_there_is_not_sent_again(
    settings: Settings, store: Any, line: CutLine
) -> None:
    package = add_file(settings, "tune", LARGE, os.urandom(9 << 20))
    deliver_packages(settings, [package], retry_policy=HASTY)
    for path in (settings.delivery_root / "records").rglob("*.json"):
        path.unlink()
    line.sent = 0

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    assert shipment.outcome == DELIVERED
    assert all(file.was_there for file in shipment.files)
    assert line.sent < 1 << 20


def test_s3_flag_that_may_not_be_seen_is_withdrawn_all_the_same(
    store: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the response hides a flag, it must not stay beside files that change."""
    store.put_object(Bucket=BUCKET, Key=FLAG, Body=b"")
    make = boto3.session.Session.client

    def forbidding(*arguments: Any, **options: Any) -> Any:
        client = make(*arguments, **options)
        body = HTTPResponse(BytesIO(), preload_content=False)
        client.meta.events.register(
            "before-send.s3.HeadObject", lambda **_: AWSResponse("", 403, {}, body)
        )
        return client

    monkeypatch.setattr(boto3.session.Session, "client", forbidding)
    target = S3Target(
        kind="s3", bucket=BUCKET, endpoint_url=f"http://127.0.0.1:{port}", region="eu-west-1"
    )

    with Bucket(target) as bucket:
        bucket.withdraw(FLAG)

    assert FLAG not in keys(store)


def test_s3_store_is_the_agreed_one_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://elsewhere.example")
    made: list[Any] = []
    make = boto3.session.Session.client

    def kept(*arguments: Any, **options: Any) -> Any:
        made.append(make(*arguments, **options))
        return made[0]

    monkeypatch.setattr(boto3.session.Session, "client", kept)

    with Bucket(S3Target(kind="s3", bucket=BUCKET, region="eu-west-1")):
        assert made[0].meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"


def test_s3_file_that_changed_since_it_was_checked_is_not_sent(
    store: Any, port: int, tmp_path: Path
) -> None:
    path = tmp_path / LARGE
    path.write_bytes(b"other")
    target = S3Target(
        kind="s3", bucket=BUCKET, endpoint_url=f"http://127.0.0.1:{port}", region="eu-west-1"
    )

    with Bucket(target) as bucket, pytest.raises(LinernotesError, match="has changed"):
        bucket.put(path, LARGE, "0" * 64, lambda _: None)

    assert keys(store) == []


def test_s3_bucket_that_is_not_there_is_told_with_advice(
    settings: Settings, store: Any, port: int
) -> None:
    agree_on(settings, port, bucket="bucket-of-nobody")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert "s3://bucket-of-nobody/from/house" in shipment.reason
    assert "Check the bucket's name and policy" in shipment.reason


def test_s3_delivery_without_credentials_says_where_they_come_from(
    settings: Settings, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings.home / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(settings.home / "none"))

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert "AWS_ACCESS_KEY_ID" in shipment.reason
