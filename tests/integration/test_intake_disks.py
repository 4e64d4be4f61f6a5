"""Loads with a full, failing or read-only disk: an error message, and nothing partly written.

`test_intake_crashes.py` tests what a killed load leaves.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake.exceptions import DeltaError

from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.ingestion import Lake
from linernotes.ingestion.admission import Admission
from linernotes.ingestion.errors import FailingDisk, RefusedFile
from linernotes.ingestion.lake import durable
from linernotes.ingestion.readers.parquet_size import refuse
from linernotes.ingestion.register import Register
from tests.fixtures.intake_home import IntakeHome, party

ERRORS: dict[str, Exception] = {
    "full": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "failing": OSError(errno.EIO, os.strerror(errno.EIO), "/srv/lake/x.parquet"),
    "full, told by polars": OSError("No space left on device (os error 28)"),
    "full, told by delta": DeltaError("Generic LocalFileSystem error: (os error 28)"),
    "full, told by DuckDB": duckdb.IOException("Could not write: No space left on device"),
    "read-only": OSError(errno.EROFS, os.strerror(errno.EROFS), "/srv/lake"),
    "busy": OSError(errno.EBUSY, os.strerror(errno.EBUSY), "/srv/lake/x.parquet"),
    "told without its number by polars": OSError("parquet: Invalid thrift: transport error"),
    "told without its number by delta": DeltaError("Generic LocalFileSystem error: it failed"),
    "told without its number by DuckDB": duckdb.IOException("Could not read from the file"),
    "of a number that has no words": OSError(errno.EUCLEAN, os.strerror(errno.EUCLEAN), "/srv/a"),
    "full of what memory does not hold": duckdb.OutOfMemoryException(
        "failed to offload data block. This limit was set by 'max_temp_directory_size'"
    ),
}
STEPS: dict[str, tuple[object, str]] = {
    "staging": (Admission, "_put"),
    "writing": (Admission, "_write"),
    "moving": (durable, "move"),
    "committing": (Lake, "_commit"),
    "registering": (Register, "record"),
}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> IntakeHome:
    """A home with a landing zone, with nothing loaded yet."""
    intake_home = IntakeHome(tmp_path_factory.mktemp("disks"))
    intake_home.settings.landing_root.mkdir()
    intake_home.load()
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    intake_home.put_rows("catalog/parties/2.jsonl", party(3))
    return intake_home


def failing(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("trouble", ERRORS)
def test_failing_disk_ends_the_load_with_words_and_refuses_nothing(
    made_once: IntakeHome, monkeypatch: pytest.MonkeyPatch, trouble: str, step: str
) -> None:
    """Regression: each file was refused with an unexpected error, or the command ended with one."""
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step], failing(ERRORS[trouble]))
        with pytest.raises(FailingDisk) as ended:
            made_once.load()

    reported = str(ended.value)
    assert str(made_once.lake.root) in reported
    assert "run the command again" in reported
    assert made_once.table("raw_door__deliveries").is_empty()
    assert not (made_once.lake.root / ".staging").exists()


def test_load_after_a_full_disk_is_as_if_nothing_had_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_home = IntakeHome(tmp_path / "home")
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    commands = ["--home", str(intake_home.home), "load"]
    with monkeypatch.context() as patch:
        patch.setattr(Register, "record", failing(ERRORS["full"]))
        assert run(commands) == NOT_ALLOWED
    stated = capsys.readouterr().err
    log = intake_home.lake.path("raw_catalog__parties") / "_delta_log"
    leftovers = [
        log.parent / f".unfinished-{os.getpid()}-a.parquet",
        log / "00000000000000000009.json#1",
        log / "_commit_1.json.tmp",
    ]
    for leftover in leftovers:
        leftover.write_bytes(b"half")

    again = intake_home.outcome()

    assert "The disk is full" in stated
    assert "foresee" not in stated
    assert (again.state, again.rows_loaded, again.rows_quarantined) == ("loaded", 1, 1)
    assert intake_home.table("raw_catalog__parties").height == 1
    assert intake_home.table("raw_door__quarantined_rows").height == 1
    assert not any(leftover.exists() for leftover in leftovers)


def test_working_file_that_polars_cannot_read_ends_the_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polars reports a file that the disk has damaged as an error of computation."""
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    put = Admission._put

    def spoil(self: Admission, rows: pl.DataFrame, name: str) -> Path:
        path = put(self, rows, name)
        if name.startswith("faults"):
            path.write_bytes(path.read_bytes()[:-20])
        return path

    with monkeypatch.context() as patch:
        patch.setattr(Admission, "_put", spoil)
        with pytest.raises(FailingDisk, match="could not be read or written"):
            intake_home.load()

    assert intake_home.outcome().state == "loaded"


@pytest.mark.parametrize(
    "name", ["catalog/ern/1.xml", "catalog/ern/1.xml.gz", "finance/ecb/1.csv", "1.csv", "1.csv.gz"]
)
def test_delivery_that_the_disk_fails_to_read_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Regression: it was reported as damaged, and its sender was asked to send it again."""
    intake_home = IntakeHome(tmp_path)
    intake_home.put(name if "/" in name else f"catalog/parties/{name}", "never read")
    # Reading fails with the error of a failing disk.
    monkeypatch.setattr("linernotes.ingestion.intake.path_of", lambda *_: Path("/proc/self/mem"))

    with pytest.raises(FailingDisk, match="The disk failed to read or write"):
        intake_home.load()

    assert intake_home.table("raw_door__deliveries").is_empty()


def test_delivery_whose_manifest_the_disk_fails_to_read_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    monkeypatch.setattr(
        "linernotes.ingestion.landing.open_regular",
        lambda _, path: open("/proc/self/mem" if "manifest" in path.name else path, "rb"),  # noqa: PTH123, SIM115
    )

    with pytest.raises(FailingDisk, match="The disk failed to read or write"):
        intake_home.load()


@pytest.mark.parametrize(
    "error",
    [
        OSError("Input/output error (os error 5): delivery.parquet"),
        duckdb.IOException('Could not read from "delivery.parquet": Input/output error'),
    ],
)
def test_parquet_that_the_disk_fails_to_read_is_not_refused(error: Exception) -> None:
    with pytest.raises(type(error)):
        refuse(error, Path("delivery.parquet"))


def test_parquet_whose_error_quotes_a_failing_disk_is_refused() -> None:
    with pytest.raises(RefusedFile):
        refuse(pl.exceptions.ComputeError("Input/output error"), Path("delivery.parquet"))


def test_delivery_that_quotes_a_full_disk_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only errors about files count: otherwise a file's own text could end every load."""
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    monkeypatch.setattr(Admission, "_screen", failing(ValueError("No space left on device")))

    assert intake_home.outcome().state == "refused"


@pytest.mark.parametrize("was_stopped", [False, True])
def test_load_after_one_that_was_stopped_syncs_what_that_had_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_stopped: bool
) -> None:
    """Regression: tables that a killed first load had made were used, but never synced."""
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    if was_stopped:
        with monkeypatch.context() as stopping:
            stopping.setattr(Lake, "write_empty_file", failing(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                intake_home.load()
    else:
        intake_home.load()
    synced: list[bool] = []
    monkeypatch.setattr(os, "sync", lambda: synced.append(True))

    intake_home.load()
    intake_home.load()

    assert synced == [True] * was_stopped
