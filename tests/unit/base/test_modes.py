"""Access rights in a home. The modes of real files are read, in octal as `ls` and `chmod` use."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linernotes.base import modes

SECRET = "amounts"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of an earlier version: umask of 022, with a landing zone for a group."""
    before = os.umask(0o022)
    home = tmp_path / "home"
    for name in ("lake/raw/_delta_log/0.json", "ledger/issued/1/entry.json", "outbox/p/v1/a.csv"):
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(SECRET)
    for name in ("published/a.duckdb", "landing/usage/plays.csv", "dagster/run.sh"):
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(SECRET)
    (home / "published/a.duckdb").chmod(0o444)
    (home / "dagster/run.sh").chmod(0o755)
    (home / "login.toml").write_text(SECRET)
    (home / "landing").chmod(0o2775)
    (home / "landing/usage/plays.csv").chmod(0o664)
    outside = tmp_path / "outside"
    outside.write_text("")
    (home / "lake/link").symlink_to(outside)
    yield home
    os.umask(before)


@pytest.fixture
def hold(home: Path) -> Callable[[modes.Readers], modes.Changes]:
    shared = (home / "published", home / "outbox")
    left_alone = (home / "landing", home / "login.toml")
    return lambda readers: modes.hold_home(home, shared, left_alone, readers)


def test_home_of_before_becomes_its_owners_alone(
    home: Path, hold: Callable[[modes.Readers], modes.Changes]
) -> None:
    """Regression: every user of the machine could read every partner's lines."""
    found = hold("owner")

    own = [
        path
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] not in {"landing", "login.toml"}
    ]
    assert all(mode_of(path) & 0o077 == 0 for path in (home, *own) if not path.is_symlink())
    assert mode_of(home / "lake/raw/_delta_log/0.json") == 0o600
    assert mode_of(home / "published/a.duckdb") == 0o400
    assert mode_of(home / "dagster/run.sh") == 0o700
    assert found.changed == 17
    assert not found.foreign


def test_home_leaves_alone_what_others_deliver_and_what_links_lead_to(
    home: Path, hold: Callable[[modes.Readers], modes.Changes]
) -> None:
    hold("owner")

    assert mode_of(home / "landing") == 0o2775
    # Without a warning, a secret that others may have read would stay in use.
    assert mode_of(home / "login.toml") == 0o644
    assert mode_of(home / "landing/usage/plays.csv") == 0o664
    assert mode_of(home.parent / "outside") == 0o644


@pytest.mark.parametrize(
    ("readers", "way", "folder", "file", "published"),
    [("group", 0o710, 0o750, 0o640, 0o440), ("all", 0o711, 0o755, 0o644, 0o444)],
)
def test_home_with_readers_lets_them_reach_what_is_theirs_alone(
    home: Path,
    hold: Callable[[modes.Readers], modes.Changes],
    readers: modes.Readers,
    way: int,
    folder: int,
    file: int,
    published: int,
) -> None:
    hold("owner")
    hold(readers)

    assert mode_of(home) == way
    assert mode_of(home / "outbox/p/v1") == folder
    assert mode_of(home / "outbox/p/v1/a.csv") == file
    assert mode_of(home / "published/a.duckdb") == published
    assert mode_of(home / "ledger") == 0o700
    assert mode_of(home / "ledger/issued/1/entry.json") == 0o600


def test_home_that_has_its_modes_is_not_walked_again(
    home: Path, hold: Callable[[modes.Readers], modes.Changes]
) -> None:
    """The warning appears once, and later commands do not check again."""
    hold("owner")
    (home / "lake/raw/_delta_log/0.json").chmod(0o640)

    assert hold("owner") == modes.Changes(0, [])


def test_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert modes.hold_home(tmp_path / "none", (), (), "owner") == modes.Changes(0, [])
    assert not (tmp_path / "none").exists()


def test_secret_in_a_pipe_is_nobodys_to_read_later(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o666)

    assert modes.why_open(tmp_path / "pipe") is None


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_secret_that_only_its_owner_can_read_is_taken(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    file.chmod(mode)

    assert modes.why_open(file) is None
