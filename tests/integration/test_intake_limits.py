"""The intake with files that are too large, too deep, or not files: only they are refused.

`test_intake_files.py` tests errors of values and names.
"""

import gzip
import json
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from linernotes.base.settings import Limits, Settings
from linernotes.ingestion import LoadReport, admit_landing
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.landing import list_landing
from linernotes.ingestion.limits import hold_unpacked, is_nested_over
from linernotes.ingestion.opening import UnfitFileError, open_regular
from linernotes.ingestion.panics import without_panics
from tests.fixtures.intake_home import RECORDED_AT, IntakeHome, party

PARTIES = "catalog/parties"
MANIFEST = ".jsonl.manifest.json"
LIMITS = {
    "max_columns": 40,
    "max_rows": 200,
    "max_bad_rows": 20,
    "max_unpacked_mib": 2,
    "max_document_mib": 1,
}
HEADER = "party_id,kind,name,recorded_at\n"
MEBIBYTES = 3 * 2**20
MOST_SECONDS = 30


def lines(count: int, **more: object) -> str:
    rows = (party(number) | {"recorded_at": RECORDED_AT} | more for number in range(count))
    return "".join(json.dumps(row) + "\n" for row in rows)


def frame(count: int, **more: object) -> pl.DataFrame:
    rows = [party(number) | {"recorded_at": RECORDED_AT} | more for number in range(count)]
    return pl.DataFrame(rows)


def nested(depth: int) -> pl.DataFrame:
    value: object = "x"
    for _ in range(depth):
        value = {"a": value}
    return frame(1, deep=value)


def with_manifest(name: str, lay: Callable[[Path], object]) -> Callable[[IntakeHome], object]:
    def put(intake_home: IntakeHome) -> None:
        path = intake_home.put_rows(f"{PARTIES}/{name}.jsonl", party(name=name))
        lay(path.with_name(path.name + ".manifest.json"))

    return put


def text(name: str, content: str) -> Callable[[IntakeHome], object]:
    return lambda intake_home: intake_home.put(name, content)


def parquet(name: str, rows: pl.DataFrame) -> Callable[[IntakeHome], object]:
    return lambda intake_home: intake_home.put_parquet(f"{PARTIES}/{name}.parquet", rows)


WIDE = ",".join(f"c{number}" for number in range(100_000))
# By the setting or the text that the refusal has to name.
REFUSED: dict[str, tuple[str, Callable[[IntakeHome], object]]] = {
    "manifest-deep.jsonl": (
        "LINERNOTES_MAX_NESTING",
        with_manifest("manifest-deep", lambda path: path.write_text("[" * 5000 + "]" * 5000)),
    ),
    "manifest-deep-value.jsonl": (
        "LINERNOTES_MAX_NESTING",
        with_manifest(
            "manifest-deep-value",
            lambda path: path.write_text('{"rows": ' + '{"a":' * 900 + "1" + "}" * 900 + "}"),
        ),
    ),
    "manifest-pipe.jsonl": ("not a regular file", with_manifest("manifest-pipe", os.mkfifo)),
    "manifest-link.jsonl": (
        "it is a link",
        with_manifest("manifest-link", lambda path: path.symlink_to("/etc/hostname")),
    ),
    "manifest-device.jsonl": (
        "it is a link",
        with_manifest("manifest-device", lambda path: path.symlink_to("/dev/zero")),
    ),
    "manifest-folder.jsonl": ("not a regular file", with_manifest("manifest-folder", os.mkdir)),
    "manifest-large.jsonl": (
        "larger than",
        with_manifest("manifest-large", lambda path: path.write_text(" " * MEBIBYTES)),
    ),
    "manifest-half-letter.jsonl": (
        r"\ud800",
        with_manifest("manifest-half-letter", lambda path: path.write_text('{"rows": "\\ud800"}')),
    ),
    "columns.csv": (
        "LINERNOTES_MAX_COLUMNS",
        text(f"{PARTIES}/columns.csv", f"{HEADER.strip()},{WIDE}\n"),
    ),
    "columns.jsonl": (
        "LINERNOTES_MAX_COLUMNS",
        text(f"{PARTIES}/columns.jsonl", lines(1, **dict.fromkeys(WIDE.split(","), 1))),
    ),
    "columns-by-row.jsonl": (
        "LINERNOTES_MAX_COLUMNS",
        text(
            f"{PARTIES}/columns-by-row.jsonl",
            "".join(lines(1, **{f"c{number}": 1}) for number in range(100)),
        ),
    ),
    "columns.parquet": (
        "LINERNOTES_MAX_COLUMNS",
        parquet("columns", frame(1, **{f"c{number}": 1 for number in range(1000)})),
    ),
    "nesting.parquet": ("LINERNOTES_MAX_NESTING", parquet("nesting", nested(100))),
    "rows.csv": (
        "LINERNOTES_MAX_ROWS",
        text(
            f"{PARTIES}/rows.csv",
            HEADER + "".join(f"p{number},label,x,{RECORDED_AT}\n" for number in range(300)),
        ),
    ),
    "rows.jsonl": ("LINERNOTES_MAX_ROWS", text(f"{PARTIES}/rows.jsonl", lines(300))),
    "rows.parquet": ("LINERNOTES_MAX_ROWS", parquet("rows", frame(300))),
    "items.parquet": (
        "LINERNOTES_MAX_ROWS",
        parquet("items", frame(1, ipn=["1"] * 300)),
    ),
    "bad.csv": (
        "LINERNOTES_MAX_BAD_ROWS",
        text(
            f"{PARTIES}/bad.csv",
            HEADER + "".join(f"p{number},nobody,x,{RECORDED_AT}\n" for number in range(50)),
        ),
    ),
    "bad.jsonl": (
        "LINERNOTES_MAX_BAD_ROWS",
        text(f"{PARTIES}/bad.jsonl", lines(50, kind="nobody")),
    ),
    "bad.parquet": ("LINERNOTES_MAX_BAD_ROWS", parquet("bad", frame(50, kind="nobody"))),
    "conflicting.jsonl": (
        "LINERNOTES_MAX_BAD_ROWS",
        text(
            f"{PARTIES}/conflicting.jsonl",
            "".join(lines(1, name=f"Name {number}") for number in range(50)),
        ),
    ),
    "size.csv": ("LINERNOTES_MAX_UNPACKED_MIB", text(f"{PARTIES}/size.csv", "\n" * MEBIBYTES)),
    "size.csv.gz": (
        "LINERNOTES_MAX_UNPACKED_MIB",
        text(f"{PARTIES}/size.csv.gz", HEADER + "\n" * MEBIBYTES),
    ),
    "size.jsonl.gz": (
        "LINERNOTES_MAX_UNPACKED_MIB",
        text(f"{PARTIES}/size.jsonl.gz", " " * MEBIBYTES),
    ),
    # Each text is stored once in the file, and used in 100 rows.
    "size.parquet": (
        "LINERNOTES_MAX_UNPACKED_MIB",
        parquet("size", frame(100, name="x" * 30_000)),
    ),
    "size.xml.gz": (
        "LINERNOTES_MAX_DOCUMENT_MIB",
        text("catalog/ern/size.xml.gz", "<a>" + " " * MEBIBYTES + "</a>"),
    ),
    "size-rates.csv": (
        "LINERNOTES_MAX_DOCUMENT_MIB",
        text("finance/ecb/size-rates.csv", "Date,USD\n" + "\n" * MEBIBYTES),
    ),
    "rows-rates.csv": (
        "LINERNOTES_MAX_ROWS",
        text("finance/ecb/rows-rates.csv", "Date,USD\n" + "2026-01-05,1.1\n" * 300),
    ),
    "columns-rates.csv": (
        "LINERNOTES_MAX_COLUMNS",
        text("finance/ecb/columns-rates.csv", "Date," + ",".join(["USD"] * 100_000)),
    ),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[IntakeHome, LoadReport, float]:
    """One load of all of them, with paths that are not files, and two good files in between."""
    intake_home = IntakeHome(tmp_path_factory.mktemp("limits"))
    elsewhere = intake_home.home / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.jsonl").write_text(lines(1))
    for _, put in REFUSED.values():
        put(intake_home)
    landing = intake_home.settings.landing_root
    intake_home.put_rows(f"{PARTIES}/!good.jsonl", party(1001))
    intake_home.put_rows(f"{PARTIES}/~good.jsonl", party(1002))
    deep = '{"party_id": ' + "[" * 5000 + "]" * 5000 + "}\n"
    intake_home.put(f"{PARTIES}/deep-row.jsonl", lines(1) + deep)
    (landing / PARTIES / "link.jsonl").symlink_to(elsewhere / "secret.jsonl")
    (landing / PARTIES / "broken.jsonl").symlink_to(elsewhere / "nothing")
    os.mkfifo(landing / PARTIES / "pipe.jsonl")
    (landing / "catalog/works").symlink_to(elsewhere)
    (landing / "licensing").symlink_to(elsewhere)
    began = time.monotonic()
    report = admit_landing(Settings.model_validate({"home": intake_home.home} | LIMITS))
    return intake_home, report, time.monotonic() - began


@pytest.mark.parametrize("name", REFUSED)
def test_file_over_a_limit_is_refused_with_the_limit_that_it_exceeds(
    loaded: tuple[IntakeHome, LoadReport, float], name: str
) -> None:
    """Regression: these ended the load, took minutes, or hung it while it held the lock."""
    _, report, _ = loaded
    reasons = {one.name.rpartition("/")[2]: one.reason for one in report.deliveries}

    assert REFUSED[name][0] in (reasons[name] or "")
    assert "not foreseen" not in (reasons[name] or "")


def test_files_over_limits_keep_no_good_file_out_and_are_refused_in_seconds(
    loaded: tuple[IntakeHome, LoadReport, float],
) -> None:
    intake_home, report, seconds = loaded
    came_in = [one.name for one in report.deliveries if one.state == "loaded"]

    assert came_in == [f"{PARTIES}/{name}.jsonl" for name in ("!good", "deep-row", "~good")]
    assert len(report.deliveries) == len(REFUSED) + len(came_in)
    assert intake_home.table("raw_catalog__parties").height == 3
    assert seconds < MOST_SECONDS


def test_parquet_after_another_of_the_same_time_and_after_a_damaged_one_is_judged_by_itself(
    tmp_path: Path,
) -> None:
    """One engine checks all Parquet files of a load, under the same name in turn."""
    intake_home = IntakeHome(tmp_path)
    paths = [
        intake_home.put_parquet(f"{PARTIES}/1.parquet", frame(1)),
        intake_home.put_parquet(f"{PARTIES}/2.parquet", frame(100, name="x" * 30_000)),
        intake_home.put(f"{PARTIES}/3.parquet", b"PAR1 is not enough PAR1"),
        intake_home.put_parquet(f"{PARTIES}/4.parquet", frame(2)),
    ]
    for path in paths:
        os.utime(path, (1_700_000_000, 1_700_000_000))

    report = admit_landing(Settings.model_validate({"home": intake_home.home} | LIMITS))

    states = [(one.state, one.rows_loaded) for one in report.deliveries]
    assert states == [("loaded", 1), ("refused", 0), ("refused", 0), ("loaded", 1)]


def test_row_nested_too_deep_is_quarantined_alone(
    loaded: tuple[IntakeHome, LoadReport, float],
) -> None:
    intake_home, _, _ = loaded
    rows = intake_home.table("raw_door__quarantined_rows")

    assert rows["broken_rules"].to_list() == [["not_json"]]
    assert "LINERNOTES_MAX_NESTING" in rows["details"][0]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (f"{PARTIES}/link.jsonl", "it is a link"),
        (f"{PARTIES}/broken.jsonl", "it is a link"),
        ("catalog/works", "it is a link"),
        ("licensing", "it is a link"),
        (f"{PARTIES}/pipe.jsonl", "not a regular file"),
    ],
)
def test_links_and_pipes_are_not_followed_and_told_in_the_report(
    loaded: tuple[IntakeHome, LoadReport, float], name: str, why: str
) -> None:
    """Regression: links were followed, so a sender could have any file of the machine loaded."""
    assert why in loaded[1].ignored_files[name]


def test_links_are_told_to_loads_of_their_feed_only(
    loaded: tuple[IntakeHome, LoadReport, float],
) -> None:
    root = loaded[0].settings.landing_root

    assert list(list_landing(root, ["catalog/works"]).ignored) == ["catalog/works"]
    assert list(list_landing(root, ["licensing/consents"]).ignored) == ["licensing"]
    assert not list_landing(root, ["removals/notices"]).ignored


def test_landing_zone_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    intake_home = IntakeHome(tmp_path / "home")
    intake_home.put_rows(f"{PARTIES}/a.jsonl", party())
    intake_home.settings.landing_root.rename(tmp_path / "real")
    intake_home.settings.landing_root.symlink_to(tmp_path / "real")

    assert intake_home.outcome().rows_loaded == 1


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_file_that_becomes_a_link_after_the_listing_is_not_opened(
    tmp_path: Path, swapped: str
) -> None:
    intake_home = IntakeHome(tmp_path / "home")
    path = intake_home.put_rows(f"{PARTIES}/a.jsonl", party())
    (arrival,) = list_landing(intake_home.settings.landing_root).arrivals
    moved = path if swapped == "file" else path.parent
    moved.rename(tmp_path / "moved")
    moved.symlink_to(tmp_path / "moved")

    with pytest.raises(UnfitFileError, match="link"):
        arrival.open()


def test_device_is_not_opened_as_a_file() -> None:
    with pytest.raises(UnfitFileError, match="not a regular file"):
        open_regular(Path("/dev"), Path("/dev/null"))


def test_gzip_that_unpacks_to_many_times_its_size_is_refused() -> None:
    packed = len(gzip.compress(b"\n" * 2**20)) * 100

    hold_unpacked(Limits(), 60 * 2**20, packed)
    with pytest.raises(RefusedFile, match="LINERNOTES_MAX_UNPACKED_RATIO"):
        hold_unpacked(Limits(), 100 * 2**20, packed)


def test_file_of_millions_of_shortest_rows_is_refused_before_it_fills_the_memory(
    tmp_path: Path,
) -> None:
    """Regression: a packed 1 MB of 78 million `{}` took 9 GB, in pieces of 5.6 million rows."""
    intake_home = IntakeHome(tmp_path)
    intake_home.put(f"{PARTIES}/1.jsonl.gz", b"{}\n" * 3_000_000)
    tracemalloc.start()

    (refused,) = intake_home.load().deliveries

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "LINERNOTES_MAX_BAD_ROWS" in (refused.reason or "")
    assert most < 600 * 2**20


@pytest.mark.parametrize(
    ("content", "is_over"),
    [
        ("[[[1]]]", False),
        ("[[[[1]]]]", True),
        ('{"a": {"b": {"c": {}}}}', True),
        ('{"a": "[[[[[["}', False),
        (r'{"a": "\"[[[[["}', False),
        (r'{"a": "\\", "b": [[[1]]]}', True),
        ("[1],[2],[3],[4],[5]", False),
        ('"[[[[[', False),
    ],
)
def test_nesting_is_counted_outside_of_texts(content: str, is_over: bool) -> None:
    assert is_nested_over(Limits(max_nesting=3), content) is is_over


def test_panics_stay_off_the_error_output_and_all_else_is_passed_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Regression: lines of Rust appeared between the lines of the load."""
    with without_panics(tmp_path):
        os.write(2, b"thread '<unnamed>' panicked at src/lib.rs:1:1:\nno\n")
    assert capfd.readouterr().err == ""

    with without_panics(tmp_path):
        os.write(2, b"a warning\n")
    assert capfd.readouterr().err == "a warning\n"
