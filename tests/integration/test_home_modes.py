"""Access rights of the files that the command and its libraries write."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.worlds import FeedBuilder, add_rates

COMMAND = Path(sys.executable).with_name("linernotes")


def call(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command under the usual umask."""
    return subprocess.run(
        [COMMAND, "--home", home, *words],
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
        timeout=300,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    world = FeedBuilder()
    add_rates(world)
    home = tmp_path / "home"
    world.write(home / "landing")
    home.chmod(0o755)
    return home


def test_load_writes_what_its_owner_alone_can_read(home: Path) -> None:
    """Regression: the lake, with every partner's events, was 0644 in a home that was 0755."""
    first = call(home, "load")
    second = call(home, "load")

    assert first.returncode == second.returncode == 0, first.stderr
    open_to_others = [
        path.relative_to(home)
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] != "landing"
        and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (home / "lake").is_dir()
    assert not open_to_others
    assert "whose mode was changed" in first.stderr
    assert "whose mode was changed" not in second.stderr


def test_status_leaves_the_modes_of_a_home_alone(home: Path) -> None:
    assert call(home, "status").returncode == 0

    assert stat.S_IMODE(home.stat().st_mode) == 0o755
