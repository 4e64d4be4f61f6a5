"""Complete files under their final names, and removal of what interrupted runs leave."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from linernotes.base import durable


def test_file_whose_writing_fails_stays_as_it_was_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "current.json"
    durable.write_text(target, "old")

    with pytest.raises(UnicodeEncodeError), durable.replacing(target) as unfinished:
        unfinished.write_text("new \ud800")

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_name_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    """Regression: the temporary name was longer than the name, and too long for the system."""
    target = tmp_path / ("x" * 255)

    durable.write_text(target, "whole")

    assert target.read_text() == "whole"


def test_name_that_is_taken_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "v1.json"

    assert durable.write_once(target, "first")
    assert not durable.write_once(target, "second")
    assert target.read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def synced_folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list that records the paths of all further syncs."""
    found: list[Path] = []
    usual = durable.sync

    def noted(path: Path) -> None:
        found.append(path)
        usual(path)

    monkeypatch.setattr(durable, "sync", noted)
    return found


def test_folder_that_a_killed_run_has_made_gets_its_name_onto_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: only the creator of a folder synced its name, so a kill could lose its files."""
    made = tmp_path / "made by another"
    made.mkdir()
    synced = synced_folders(monkeypatch)

    durable.make_folder(made)
    durable.make_folder(made / "below")
    durable.make_folder(made)

    assert synced == [tmp_path, made]


def test_name_of_a_folder_that_is_taken_is_brought_onto_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that finds the version reports success, although it was a killed run that named it."""
    target = tmp_path / "v1"
    target.mkdir()
    (target / "a").write_text("first")
    folder = durable.unfinished_folder(tmp_path)
    synced = synced_folders(monkeypatch)

    assert not durable.settle(folder, target)
    assert synced[-1] == tmp_path


def test_folder_gets_its_name_once(tmp_path: Path) -> None:
    for content in ("first", "second"):
        folder = durable.unfinished_folder(tmp_path)
        (folder / "a").write_text(content)
        is_new = durable.settle(folder, tmp_path / "v1")
        assert is_new == (content == "first")

    assert (tmp_path / "v1" / "a").read_text() == "first"


def test_leftovers_of_dead_processes_are_removed_and_those_of_living_ones_are_not(
    tmp_path: Path,
) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=-1)
    ended, living = int(dead.stdout), os.getppid()
    names = {
        f".unfinished-{ended}-a.parquet": True,
        f".unfinished-{os.getpid()}-b": True,
        ".lines.parquet.unfinished": True,
        f".unfinished-{living}-c": False,
        "lines.parquet": False,
    }
    for name in names:
        (tmp_path / name).write_text("half")
    (tmp_path / f".unfinished-{ended}-folder").mkdir()
    (tmp_path / f".unfinished-{ended}-folder" / "a").write_text("half")

    durable.clear_unfinished(tmp_path)

    left = {path.name for path in tmp_path.iterdir()}
    assert left == {name for name, is_leftover in names.items() if not is_leftover}


def test_leftover_of_a_killed_process_that_nobody_has_asked_for_is_removed(tmp_path: Path) -> None:
    """A zombie process keeps its id, often until its container ends."""
    with subprocess.Popen(["sleep", "60"]) as killed:
        left = tmp_path / f".unfinished-{killed.pid}-a"
        left.write_text("half")
        of_living = durable.clear_unfinished(tmp_path)
        killed.kill()
        os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)

        of_killed = durable.clear_unfinished(tmp_path)

    assert (of_living, of_killed) == ([], [left])


def test_leftovers_below_a_folder_are_removed_and_what_this_process_writes_is_not(
    tmp_path: Path,
) -> None:
    """After a restart, a process in a container may have the id of the one that was killed."""
    below = tmp_path / "drafts" / "contract"
    below.mkdir(parents=True)
    left = below / f".unfinished-{os.getpid()}-0.json"
    left.write_text("half")

    with durable.replacing(below / "v1.json") as unfinished:
        unfinished.write_text("whole")
        removed = durable.clear_unfinished(tmp_path, is_deep=True)

    assert removed == [left]
    assert [path.name for path in below.iterdir()] == ["v1.json"]
