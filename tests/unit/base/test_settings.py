"""Settings: one place, one precedence, and no name without effect."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from linernotes.base.settings import DEFAULT, Settings, origin_of_home
from linernotes.warehouse import dbt_environment


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder, and an environment without settings."""
    for name in os.environ:
        if name.startswith("LINERNOTES_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o077)
    yield tmp_path
    os.umask(before)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LINERNOTES_HOEM", "LINERNOTES_HOME"),
        ("LINERNOTES_DBT_THREAD", "LINERNOTES_DBT_THREADS"),
        ("LINERNOTES_ALERT_MAIL", "LINERNOTES_ALERT_EMAIL"),
        ("LINERNOTES_LOGIN_ALOWED", "LINERNOTES_LOGIN_ALLOWED"),
        ("linernotes_landings", "LINERNOTES_LANDING"),
    ],
)
@pytest.mark.parametrize("place", ["the environment", ".env"])
def test_settings_with_an_unknown_name_are_refused_with_the_nearest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, place: str
) -> None:
    """Regression: a misspelt name was ignored, so the setting had no effect."""
    if place == ".env":
        (folder / ".env").write_text(f"{name}=2\n")
    else:
        monkeypatch.setenv(name, "2")

    with pytest.raises(
        ValidationError, match=rf"{name} in .*{place} is not a setting; the nearest is {meant}"
    ):
        Settings()


def test_settings_leave_names_of_other_programs_alone(folder: Path) -> None:
    (folder / ".env").write_text("DATABASE_URL=x\nLINERNOTES_DISK=/srv\n")

    assert Settings().dbt_threads == 2


def test_settings_given_win_over_environment_over_file_over_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("HOME=file", "LANDING=file", "DBT_THREADS=3", "ALERT_EMAIL=file@example.org")
    (folder / ".env").write_text("".join(f"LINERNOTES_{line}\n" for line in lines))
    monkeypatch.setenv("LINERNOTES_HOME", "environment")
    monkeypatch.setenv("LINERNOTES_LANDING", "environment")
    # An empty value counts as absent.
    monkeypatch.setenv("LINERNOTES_DBT_THREADS", "")

    found = Settings(home=folder / "given")

    assert found.home == folder / "given"
    assert found.landing == folder / "environment"
    assert (found.dbt_threads, found.alert_email) == (3, "file@example.org")
    assert found.smtp_host == "localhost"


def test_settings_read_the_file_that_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("LINERNOTES_HOME=near\n")
    (folder / "other.env").write_text("LINERNOTES_HOME=named\n")
    monkeypatch.setenv("LINERNOTES_ENV_FILE", str(folder / "other.env"))

    assert Settings().home == folder / "named"
    assert origin_of_home() == f"LINERNOTES_HOME in {folder / 'other.env'}"

    monkeypatch.setenv("LINERNOTES_ENV_FILE", str(folder / "gone.env"))
    with pytest.raises(ValidationError, match=r"gone\.env, which does not exist"):
        Settings()


def test_origin_of_the_home_is_what_has_chosen_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert origin_of_home() == DEFAULT

    (folder / ".env").write_text("LINERNOTES_HOME=near\n")
    assert origin_of_home() == f"LINERNOTES_HOME in {folder / '.env'}"

    monkeypatch.setenv("LINERNOTES_HOME", "environment")
    assert origin_of_home() == "LINERNOTES_HOME"


def test_settings_reach_programs_that_run_in_another_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: threads and alerts in `.env` only had an effect if it was beside the code."""
    lines = ("HOME=near", "DBT_THREADS=5", "DUCKDB_THREADS=3", "ALERT_EMAIL=ada@example.org")
    (folder / ".env").write_text("".join(f"LINERNOTES_{line}\n" for line in lines))
    found = Settings()

    reported = dbt_environment(found)
    assert (reported["LINERNOTES_DBT_THREADS"], reported["LINERNOTES_DUCKDB_THREADS"]) == ("5", "3")

    other = folder / "other"
    other.mkdir()
    (other / ".env").write_text("LINERNOTES_ALERT_WEBHOOK=https://other.example\n")
    monkeypatch.chdir(other)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    assert Settings() == found


@pytest.mark.parametrize("name", ["DBT_THREADS", "DUCKDB_THREADS", "SMTP_PORT"])
@pytest.mark.parametrize("value", ["0", "many", "-1"])
def test_settings_with_a_number_that_cannot_be_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"LINERNOTES_{name}", value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_settings_do_not_show_secrets(folder: Path) -> None:
    shown = repr(
        Settings(
            smtp_password="hush",
            login_client_secret="hush",
            login_cookie_secret="hush",
            alert_webhook="hush",
        )
    )

    assert "hush" not in shown


@pytest.mark.parametrize("hosts", ["https://reports.example", "reports.example:443", "a.example,*"])
def test_allowed_host_that_is_no_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, hosts: str
) -> None:
    monkeypatch.setenv("LINERNOTES_ALLOWED_HOSTS", hosts)

    with pytest.raises(ValidationError, match="not a host name"):
        Settings()


def test_allowed_hosts_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINERNOTES_ALLOWED_HOSTS", " reports.example, [2001:db8::1] ,")

    assert Settings().allowed_names == ["reports.example", "[2001:db8::1]"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
@pytest.mark.parametrize("name", [".env", "named.env"])
def test_settings_in_a_file_that_others_can_read_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int
) -> None:
    """The file contains passwords, which anybody on the machine could otherwise read."""
    file = folder / name
    file.write_text("LINERNOTES_DBT_THREADS=3\n")
    file.chmod(mode)
    monkeypatch.setenv("LINERNOTES_ENV_FILE", str(file))

    with pytest.raises(ValidationError, match=f"run `chmod 600 {file}`"):
        Settings()

    file.chmod(0o600)
    assert Settings().dbt_threads == 3


def test_settings_of_another_program_may_be_read_by_others(folder: Path) -> None:
    file = folder / ".env"
    file.write_text("DATABASE_URL=x\n")
    file.chmod(0o644)

    assert Settings().dbt_threads == 2


@pytest.mark.parametrize("name", ["a%20b", "100%", "a\\b", "a\nb", "a'b", "a*"])
def test_home_whose_path_a_library_would_read_as_another_is_refused(
    folder: Path, name: str
) -> None:
    """Regression: a home with `%20` in its path was written to the path with a space instead."""
    with pytest.raises(ValueError, match="choose another folder"):
        Settings(home=folder / name)
