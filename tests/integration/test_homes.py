"""A home as a whole: versions, the upgrade from version 0.1, and the restore drill."""

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from linernotes import homes
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, run
from linernotes.ingestion import Lake, quarantine_list, template
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.verification import verify_ledger
from linernotes.statements import approve, draft, issue
from tests.fixtures.published_warehouse import Line, Statement, publish

pytestmark = pytest.mark.slow

# A small home of every released version, written by that version.
RELEASED = {"0.1": 1}
Run = Callable[..., int]


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    with tarfile.open(PROJECT_ROOT / "tests" / "homes" / f"{request.param}.tar.xz") as archive:
        archive.extractall(home, filter="data")
    return Settings(home=home, settling_seconds=0)


def command(settings: Settings, *words: str) -> int:
    return run(["--home", str(settings.home), *words])


def rows(settings: Settings) -> dict[str, int]:
    lake = Lake(settings.lake_root, settings.quarantine_root)
    # An older home does not have the tables of feeds that were added later.
    there = [table for table in lake.tables() if lake.path(table).exists()]
    return {table: lake.row_count(table) for table in there if lake.row_count(table)}


def files_of(settings: Settings) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in settings.home.rglob("*") if one.is_file()}


def test_home_of_a_released_version_is_read_but_not_written_before_its_upgrade(
    old: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert homes.home_version(old) < homes.HOME_VERSION
    assert command(old, "verify", "--ledger") == DONE
    before = files_of(old)

    for words in (
        ["load"],
        ["status"],
        ["quarantine", "list"],
        ["as-known", "2026-03-15", "rpt_partner__compensation_statement"],
        ["simulate", "--month", "2026-01", "--attribution", "v2"],
    ):
        assert command(old, *words) == NOT_ALLOWED
        assert "linernotes upgrade" in " ".join(capsys.readouterr().err.split())

    assert files_of(old) == before


def test_home_of_a_released_version_is_upgraded_after_a_backup(
    old: Settings, tmp_path: Path
) -> None:
    before, issued = rows(old), issued_statements(old)
    backup = tmp_path / "backup"

    assert command(old, "upgrade", "--backup", str(backup)) == DONE

    assert rows(old) == before
    assert issued_statements(old) == issued
    assert homes.home_version(old) == homes.HOME_VERSION
    assert json.loads((old.lake_root / "format.json").read_text()) == {"format_version": 1}
    assert homes.home_version(Settings(home=backup)) < homes.HOME_VERSION
    assert verify_ledger(Settings(home=backup)) == []
    # It continues: a refused file is tried again, and the next month is issued.
    assert command(old, "load", "--tolerate-refused") == DONE
    assert quarantine_list(old)["open_row_count"].sum() == 1
    publish(
        old,
        Statement("tune", "tune-master", [Line("d", "1.00")], month="2026-07-01"),
        known_at="2026-08-15 06:00:00",
    )
    draft(old, "2026-07", by="Ada")
    approve(old, "2026-07", by="Ben")
    issue(old, "2026-07", by="Ben")
    assert verify_ledger(old) == []


def test_upgrade_of_a_current_home_does_nothing(old: Settings, tmp_path: Path) -> None:
    homes.upgrade(old, tmp_path / "one")

    assert homes.upgrade(old, tmp_path / "two") == []
    assert not (tmp_path / "two").exists()


def test_upgrade_without_a_backup_changes_nothing(old: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(LinernotesError, match="a backup never replaces another"):
        homes.upgrade(old, tmp_path / "taken")
    with pytest.raises(LinernotesError, match="is in the home"):
        homes.upgrade(old, old.home / "backup")

    assert homes.home_version(old) < homes.HOME_VERSION


@pytest.mark.parametrize("words", [["load"], ["status"], ["verify", "--ledger"], ["upgrade"]])
def test_newer_home_is_refused_with_words(
    old: Settings, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    old.home_file.write_text(json.dumps({"home_version": homes.HOME_VERSION + 1}))

    assert command(old, *words) == NOT_ALLOWED

    assert "Install the newer Linernotes" in " ".join(capsys.readouterr().err.split())


def test_new_home_says_its_version_at_the_first_command_after_its_load(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", settling_seconds=0)
    settings.landing_root.mkdir(parents=True)

    assert command(settings, "load") == DONE
    assert command(settings, "load") == DONE

    assert json.loads(settings.home_file.read_text())["home_version"] == homes.HOME_VERSION


def test_next_command_clears_what_a_killed_one_left_in_the_home(tmp_path: Path) -> None:
    """Regression: an approval killed while writing `home.json` left a partial file for ever."""
    settings = Settings(home=tmp_path / "home")
    homes.write_version(settings)
    settings.lake_root.mkdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = settings.home / f".unfinished-{ended.pid}-00000000.json"
    left.write_text("{")

    run(["--home", str(settings.home), "statement", "approve", "--month", "2026-01", "--by", "Ben"])

    assert not left.exists()


def test_restore_drill_brings_back_what_cannot_be_made_again(
    issued_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Regression: the list of files to copy lacked the keys, the login and the settings."""
    home = tmp_path / "home"
    shutil.copytree(issued_home, home)
    settings = Settings(home=home)
    settings.landing_root.mkdir(exist_ok=True)
    settings.login_file.write_text('client_id = "x"\n')
    settings.login_file.chmod(0o600)
    issued = issued_statements(settings)
    packages = {
        path.relative_to(home): path.read_bytes()
        for path in settings.outbox_root.rglob("*")
        if path.is_file()
    }
    key = (settings.keys_root / "ledger.pem").read_bytes()
    backup = tmp_path / "backup"

    assert command(settings, "backup", "--to", str(backup)) == DONE
    shutil.rmtree(home)
    assert command(settings, "restore", "--from", str(backup)) == DONE

    assert command(settings, "verify", "--ledger") == DONE
    assert issued_statements(settings) == issued
    assert (settings.keys_root / "ledger.pem").read_bytes() == key
    assert settings.login_file.read_text() == 'client_id = "x"\n'
    for path, content in packages.items():
        assert (home / path).read_bytes() == content
    for package in settings.outbox_root.glob("*/*/v1"):
        assert run(["verify", "--package", str(package)]) == DONE
    assert "restored" in capsys.readouterr().out.lower()


def commands_under(heading: str) -> list[list[str]]:
    """The words of each command in the code below a heading of the page on restoring."""
    page = (PROJECT_ROOT / "docs" / "operators" / "restore.md").read_text(encoding="utf-8")
    code = page.partition(f"## {heading}\n")[2].partition("```bash\n")[2].partition("```")[0]
    return [line.split()[1:] for line in code.splitlines()]


def test_drill_of_the_page_brings_an_upgraded_home_back(
    old: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word: upgrade, backup, the loss of all but the landing zone, and the restoration."""
    backup = str(tmp_path / "backup")
    capsys.readouterr()

    def follow(heading: str) -> str:
        """Run the commands below a heading, and return their output."""
        for words in commands_under(heading):
            done = command(
                old, *(backup if word.startswith("/backup/") else word for word in words)
            )
            # A file that 0.1 refused is refused again.
            assert done == DONE or words == ["load"], words
        return capsys.readouterr().out

    follow("A newer or an older home")
    # The decision that the issued lines cite; no feed had it when the home was made.
    consents = old.landing_root / "licensing" / "consents" / "1.csv"
    consents.parent.mkdir(parents=True)
    consents.write_text(template("licensing/consents")[1], encoding="utf-8")
    assert command(old, "load", "--tolerate-refused") == DONE
    assert command(old, "build") == DONE
    assert command(old, "report", "--month", "2026-06") == DONE
    before, issued = rows(old), issued_statements(old)
    packages = {path: path.read_bytes() for path in old.outbox_root.rglob("*") if path.is_file()}
    assert packages
    follow("Back up")
    for path in old.home.iterdir():
        if path.name != "landing":
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    reported = follow("Restore a backup")

    table = reported.partition("Packages")[2]
    assert table.count("as before") == len(list(old.outbox_root.glob("*/*/v*")))
    assert {path: path.read_bytes() for path in packages} == packages
    assert issued_statements(old) == issued
    after = rows(old)
    # Loads and builds after the backup are in the register and in the results of checks.
    log = {"raw_door__deliveries", "raw_door__check_results"}
    assert {t: n for t, n in after.items() if t not in log} == {
        t: n for t, n in before.items() if t not in log
    }


def test_restore_into_a_home_with_something_in_it_mixes_nothing(
    old: Settings, tmp_path: Path
) -> None:
    homes.back_up(old, tmp_path / "backup")

    with pytest.raises(LinernotesError, match="already has lake, quarantine, ledger"):
        homes.restore(old, tmp_path / "backup")


def test_settings_of_the_house_are_backed_up(
    old: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "house.env"
    file.write_text("LINERNOTES_READERS=owner\n")
    file.chmod(0o600)
    monkeypatch.setenv("LINERNOTES_ENV_FILE", str(file))

    assert "settings.env" in homes.back_up(old, tmp_path / "backup")
    assert (tmp_path / "backup" / "settings.env").read_text() == file.read_text()


def test_every_part_of_a_home_is_backed_up_or_made_again(issued_home: Path) -> None:
    parts = {path.name for path in issued_home.iterdir() if not path.name.startswith(".")}

    assert parts - {"landing", "delivered"} <= {*homes.TRUTH, *homes.NOT_NEEDED}


def test_document_says_of_every_part_what_to_do() -> None:
    text = (PROJECT_ROOT / "docs" / "operators" / "restore.md").read_text()

    for name in (*homes.TRUTH, *homes.NOT_NEEDED):
        assert f"`{name}`" in text, name
