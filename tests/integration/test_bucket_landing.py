"""A landing zone in a bucket: read in place from an S3 server, with the guarantees of a folder."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from linernotes.base.clock import now
from linernotes.base.errors import LinernotesError
from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.ingestion import (
    Lake,
    NoLandingZone,
    admit_landing,
    list_landing,
    read_again,
    template,
)
from linernotes.ingestion.bucket import Bucket

BUCKET, PREFIX = "feeds-of-the-house", "landing"
WORKS = "work_id,title,recorded_at\n"
ROW = "{0},Song {0},2026-01-05T06:00:00Z\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def store(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "house")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    client = boto3.client("s3")
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    yield client
    for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=one["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def settings(tmp_path: Any, store: Any) -> Settings:
    return Settings(home=tmp_path / "home", landing=f"s3://{BUCKET}/{PREFIX}/", settling_seconds=0)


def put(store: Any, name: str, content: str | bytes) -> None:
    body = content.encode() if isinstance(content, str) else content
    store.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{name}", Body=body)


def works(settings: Settings) -> list[str]:
    lake = Lake(settings.lake_root, settings.quarantine_root)
    return lake.read("raw_catalog__works").collect()["work_id"].sort().to_list()


def test_deliveries_of_every_form_load_from_a_bucket(settings: Settings, store: Any) -> None:
    for feed in ("catalog/parties", "catalog/ern", "finance/ecb", "licensing/contracts"):
        ending, text = template(feed)
        put(store, f"{feed}/first{ending}", text)
    before = store.list_objects_v2(Bucket=BUCKET)["KeyCount"]

    report = admit_landing(settings)

    assert {one.state for one in report.deliveries} == {"loaded"}
    assert len(report.deliveries) == 4
    assert store.list_objects_v2(Bucket=BUCKET)["KeyCount"] == before
    assert not settings.landing_root.exists()
    assert admit_landing(settings).deliveries == []


def test_same_bytes_under_another_name_are_a_duplicate(settings: Settings, store: Any) -> None:
    put(store, "catalog/works/a.csv", WORKS + ROW.format(1))
    put(store, "catalog/works/b.csv", WORKS + ROW.format(1))

    states = [one.state for one in admit_landing(settings).deliveries]

    assert states == ["loaded", "duplicate"]
    assert works(settings) == ["1"]


def test_manifest_and_names_are_judged_as_in_a_folder(settings: Settings, store: Any) -> None:
    put(store, "catalog/works/a.csv", WORKS + ROW.format(1))
    put(store, "catalog/works/a.csv.manifest.json", json.dumps({"rows": 2}))
    put(store, "catalog/works/b.csv.part", WORKS)
    put(store, "catalog/works/c.xlsx", "x")
    put(store, "catalog/works/lost.csv.manifest.json", "{}")
    put(store, "somewhere/else.csv", "x")

    report = admit_landing(settings)

    [outcome] = report.deliveries
    assert (outcome.state, outcome.name) == ("refused", "catalog/works/a.csv")
    assert "the manifest says 2 rows" in str(outcome.reason)
    assert set(report.ignored_files) == {
        "catalog/works/b.csv.part",
        "catalog/works/c.xlsx",
        "catalog/works/lost.csv.manifest.json",
        "somewhere/else.csv",
    }
    put(store, "catalog/works/a.csv.manifest.json", json.dumps({"rows": 1}))
    assert [one.state for one in admit_landing(settings).deliveries] == ["loaded"]


def test_object_that_is_replaced_while_it_is_read_waits_for_the_next_load(
    settings: Settings, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "catalog/works/a.csv", WORKS + ROW.format(1))
    original = Bucket.open

    def replaced(bucket: Bucket, name: str) -> Any:
        found = original(bucket, name)
        if name.endswith(".csv"):
            put(store, name, WORKS + ROW.format(2))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "open", replaced)
        report = admit_landing(settings)

    assert report.deliveries == []
    assert "it changed while it was read" in report.ignored_files["catalog/works/a.csv"]
    admit_landing(settings)
    assert works(settings) == ["2"]


def test_object_that_the_store_does_not_give_holds_up_no_other(
    settings: Settings, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "catalog/works/a.csv", WORKS + ROW.format(1))
    put(store, "catalog/works/b.csv", WORKS + ROW.format(2))
    original = Bucket.open

    def broken(bucket: Bucket, name: str) -> Any:
        if name.endswith("a.csv"):
            raise OSError(5, "the store broke off")
        return original(bucket, name)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "open", broken)
        report = admit_landing(settings)

    assert "the store broke off" in report.unread_files["catalog/works/a.csv"]
    assert works(settings) == ["2"]
    admit_landing(settings)
    assert works(settings) == ["1", "2"]


def test_deliveries_of_a_bucket_are_read_again(settings: Settings, store: Any) -> None:
    put(store, "catalog/works/a.csv", WORKS + ROW.format(1))
    admit_landing(settings)

    report = read_again(settings, ["catalog/works"], [now().date()], issued=set())

    assert [one.name for one in report.deliveries] == ["catalog/works/a.csv"]
    assert works(settings) == ["1"]


def test_news_in_a_bucket_change_its_listing(settings: Settings, store: Any) -> None:
    put(store, "catalog/works/a.csv", WORKS)
    before = [one.fingerprints() for one in list_landing(settings.landing_place).arrivals]
    put(store, "catalog/works/a.csv", WORKS.replace("title", "names"))

    after = [one.fingerprints() for one in list_landing(settings.landing_place).arrivals]

    assert before != after


def test_bucket_that_is_not_there_is_no_landing_zone(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"landing": "s3://nobody-has-this"})

    with pytest.raises(NoLandingZone, match="there is no bucket 'nobody-has-this'"):
        admit_landing(elsewhere)


def test_store_that_cannot_be_reached_is_told_in_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr("linernotes.ingestion.bucket.TRIES", 1)

    with pytest.raises(LinernotesError, match="cannot be reached"):
        admit_landing(settings)
