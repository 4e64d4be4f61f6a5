"""The disk of the harness itself: what it says is left after a cut is what was synced."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.campaign import Bench, Point
from tests.faults.disk import Disk
from tests.faults.shim import Commands, Disturbance

pytestmark = pytest.mark.faults

FILES = 30


def test_file_in_the_place_of_a_deleted_one_keeps_nothing_of_it(
    commands: Commands, library: Path, tmp_path: Path
) -> None:
    """A new file has the number and birth time of one that was deleted in the same moment.

    So a file that nothing had synced was taken to hold what the deleted one had.
    """
    run, shadow = tmp_path / "run", tmp_path / "shadow"
    run.mkdir()
    shutil.copytree(run, tmp_path / "original")
    disk = Disk(library, run, tmp_path / "original", shadow)

    ended = commands.run(
        "tests.faults.steps:sync_delete_and_write",
        [str(run), FILES],
        run,
        Disturbance(shadow=shadow),
    )
    disk.cut(tmp_path / "left", "names")

    assert ended.status == 0, ended.printed
    left = {path.name: path.read_text() for path in (tmp_path / "left").iterdir()}
    assert left == {f"{number}.unsynced": "" for number in range(FILES)}
    assert disk.unsynced == sorted(left)


def test_shim_that_cannot_keep_what_is_synced_ends_the_command(
    commands: Commands, library: Path, tmp_path: Path
) -> None:
    """A full disk under the harness looked like a loss of the command's, and never came again."""
    run = tmp_path / "run"
    run.mkdir()

    ended = commands.run(
        "tests.faults.steps:sync_delete_and_write",
        [str(run), 1],
        run,
        Disturbance(shadow=tmp_path / "not there"),
    )

    assert "the shim cannot keep what is synced" in ended.printed
    assert not ended.was_killed
    assert ended.status < 0


@pytest.mark.parametrize("name", ["draft", "first load"])
def test_command_killed_and_run_again_then_cut_has_on_disk_what_it_said(
    bench_of: Callable[[str], Bench], name: str
) -> None:
    """What a killed run had written was found there, left as it was, and never synced.

    A draft lost its record so. In a first load the tables that the killed run had made could go.
    """
    bench = bench_of(name)
    ends = {"draft": "/ledger/drafts/unallocated", "first load": "/raw_catalog__credits/_delta_log"}
    at = [
        one.number for one in bench.operations if one.kind == "F" and one.path.endswith(ends[name])
    ]
    chosen = random.Random(1).sample(at, min(2, len(at)))

    verdicts = [bench.try_point(Point(name, "again", number, "strict")) for number in chosen]

    assert verdicts
    assert [str(one) for one in verdicts if one.faults] == []
