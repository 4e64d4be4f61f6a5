"""Loads into a disk that is full, fails or may not be written to: words, and nothing half-written.

What a killed load leaves is tested in `test_door_crashes.py`.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from deltalake.exceptions import DeltaError

from linernotes.ingestion import Lake
from linernotes.ingestion.admission import Admission
from linernotes.ingestion.errors import FailingDisk
from linernotes.ingestion.lake import durable
from linernotes.ingestion.register import Register
from orchestration.cli import SAYS_NO, run
from tests.fixtures.doorstep import Doorstep, party

ERRORS: dict[str, Exception] = {
    "full": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "failing": OSError(errno.EIO, os.strerror(errno.EIO), "/srv/lake/x.parquet"),
    "full, told by polars": OSError("No space left on device (os error 28)"),
    "full, told by delta": DeltaError("Generic LocalFileSystem error: (os error 28)"),
    "full, told by DuckDB": duckdb.IOException("Could not write: No space left on device"),
    "read-only": OSError(errno.EROFS, os.strerror(errno.EROFS), "/srv/lake"),
    "busy": OSError(errno.EBUSY, os.strerror(errno.EBUSY), "/srv/lake/x.parquet"),
}
STEPS: dict[str, tuple[object, str]] = {
    "staging": (Admission, "_put"),
    "writing": (Admission, "_write"),
    "moving": (durable, "move"),
    "committing": (Lake, "_commit"),
    "registering": (Register, "record"),
}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Doorstep:
    """A home with a landing zone of which nothing is loaded yet."""
    doorstep = Doorstep(tmp_path_factory.mktemp("disks"))
    doorstep.settings.landing_root.mkdir()
    doorstep.load()
    doorstep.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    doorstep.put_rows("catalog/parties/2.jsonl", party(3))
    return doorstep


def failing(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("trouble", ERRORS)
def test_failing_disk_ends_the_load_with_words_and_refuses_nothing(
    made_once: Doorstep, monkeypatch: pytest.MonkeyPatch, trouble: str, step: str
) -> None:
    """Each file was refused by an error that nobody foresaw, or the command ended with one."""
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step], failing(ERRORS[trouble]))
        with pytest.raises(FailingDisk) as ended:
            made_once.load()

    told = str(ended.value)
    assert str(made_once.lake.root) in told
    assert "run the command again" in told
    assert made_once.table("raw_door__deliveries").is_empty()
    assert not (made_once.lake.root / ".staging").exists()


def test_load_after_a_full_disk_is_as_if_nothing_had_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    doorstep = Doorstep(tmp_path / "home")
    doorstep.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    commands = ["--home", str(doorstep.home), "load"]
    with monkeypatch.context() as patch:
        patch.setattr(Register, "record", failing(ERRORS["full"]))
        assert run(commands) == SAYS_NO
    said = capsys.readouterr().err
    log = doorstep.lake.path("raw_catalog__parties") / "_delta_log"
    leftovers = [
        log.parent / f".unfinished-{os.getpid()}-a.parquet",
        log / "00000000000000000009.json#1",
        log / "_commit_1.json.tmp",
    ]
    for leftover in leftovers:
        leftover.write_bytes(b"half")

    again = doorstep.outcome()

    assert "The disk is full" in said
    assert "foresee" not in said
    assert (again.state, again.rows_loaded, again.rows_quarantined) == ("loaded", 1, 1)
    assert doorstep.table("raw_catalog__parties").height == 1
    assert doorstep.table("raw_door__quarantined_rows").height == 1
    assert not any(leftover.exists() for leftover in leftovers)


def test_delivery_that_quotes_a_full_disk_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only errors of files count: else a file could end every load with words of its own."""
    doorstep = Doorstep(tmp_path)
    doorstep.put_rows("catalog/parties/1.jsonl", party(1))
    monkeypatch.setattr(Admission, "_screen", failing(ValueError("No space left on device")))

    assert doorstep.outcome().state == "refused"


@pytest.mark.parametrize("was_stopped", [False, True])
def test_load_after_one_that_was_stopped_syncs_what_that_had_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_stopped: bool
) -> None:
    """Tables that a killed first load had made were found there, and never synced."""
    doorstep = Doorstep(tmp_path)
    doorstep.put_rows("catalog/parties/1.jsonl", party(1))
    if was_stopped:
        with monkeypatch.context() as stopping:
            stopping.setattr(Lake, "write_empty_file", failing(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                doorstep.load()
    else:
        doorstep.load()
    synced: list[bool] = []
    monkeypatch.setattr(os, "sync", lambda: synced.append(True))

    doorstep.load()
    doorstep.load()

    assert synced == [True] * was_stopped
