"""The login in a real browser, against a provider on loopback; and what is refused before it.

What the pages show is tested beside this.
"""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from linernotes.base.errors import LinernotesError
from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.cli.app import WRONG_USE, run
from linernotes.dashboard.login import Login, read_login
from linernotes.dashboard.openid import own_address
from tests.browser.conftest import Watched, copy_published, running
from tests.browser.provider import CLIENT_ID, CLIENT_SECRET, Provider, provider

ADA: dict[str, object] = {"sub": "1", "email": "ada@board.example.org", "email_verified": True}
SET = {
    "METADATA_URL": "http://127.0.0.1:1/.well-known/openid-configuration",
    "CLIENT_ID": CLIENT_ID,
    "CLIENT_SECRET": CLIENT_SECRET,
    "REDIRECT_URI": "https://reports.example/oauth2callback",
    "COOKIE_SECRET": "long-and-random-for-the-tests",
    "ALLOWED": "@board.example.org, Ben@example.org",
}


OWNER_ALONE = stat.S_IRUSR | stat.S_IWUSR


def write_login_file(home: Path, variables: dict[str, str]) -> Path:
    """The login as a file of the home, which nobody else can read."""
    file = home / "login.toml"
    lines = [f"{name.lower()} = {json.dumps(value)}\n" for name, value in variables.items()]
    file.write_text("".join(lines))
    file.chmod(OWNER_ALONE)
    return file


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Login:
    for name, value in SET.items():
        monkeypatch.setenv(f"LINERNOTES_LOGIN_{name}", value)
    found = read_login(Settings(home=tmp_path))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("person", "is_admitted"),
    [
        (ADA, True),
        ({"email": "BEN@example.org"}, True),
        ({"email": "eve@example.org"}, False),
        ({"email": "ada@evil.example", "name": "ada@board.example.org"}, False),
        ({"email": "ada@board.example.org.evil.example"}, False),
        ({"email": "@board.example.org"}, True),
        ({"sub": "1"}, False),
    ],
)
def test_login_admits_only_who_is_allowed(
    login: Login, person: dict[str, object], is_admitted: bool
) -> None:
    assert login.admits({"email_verified": True} | person) is is_admitted


@pytest.mark.parametrize(
    "verified", [False, None, 0, 1, "", "false", "False", "no", "0", "true", "unknown", [], [True]]
)
def test_login_admits_nobody_whose_address_is_not_verified(login: Login, verified: object) -> None:
    """Only false and "false" kept people out; whoever is 'False', 0 or null was let in."""
    assert not login.admits({"email": "ada@board.example.org", "email_verified": verified})


def test_login_admits_nobody_of_whom_the_provider_says_nothing(login: Login) -> None:
    assert not login.admits({"email": "ada@board.example.org"})


def test_login_file_with_a_slip_in_a_name_is_refused(tmp_path: Path) -> None:
    write_login_file(tmp_path, SET | {"ALOWED": "*"})

    with pytest.raises(LinernotesError, match="alowed"):
        read_login(Settings(home=tmp_path))


def test_login_half_set_is_refused_and_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_LOGIN_CLIENT_ID", "some")

    with pytest.raises(LinernotesError, match="LINERNOTES_LOGIN_ALLOWED"):
        read_login(Settings(home=tmp_path))


def test_login_from_a_file_is_refused_while_others_can_read_it(tmp_path: Path) -> None:
    file = write_login_file(tmp_path, SET)
    file.chmod(0o644)

    with pytest.raises(LinernotesError, match="chmod 600"):
        read_login(Settings(home=tmp_path))

    file.chmod(OWNER_ALONE)
    found = read_login(Settings(home=tmp_path))
    assert found is not None
    assert found.host == "reports.example"


def test_login_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "login.toml"
    file.write_bytes(b"client_id = '\xff'")
    file.chmod(OWNER_ALONE)

    with pytest.raises(LinernotesError, match="not TOML"):
        read_login(Settings(home=tmp_path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_dashboard_without_login_listens_to_no_other_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    status = run(["--home", str(tmp_path), "dashboard", "--host", host])

    message = capsys.readouterr().err
    assert status == WRONG_USE
    assert "login" in message
    assert "Traceback" not in message


@pytest.fixture(scope="module")
def guarded(
    case_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Provider]]:
    """A dashboard that asks for a login, and the provider that it asks.

    The file that says so is taken away once the server runs: that must let nobody in.
    """
    home = copy_published(case_home, tmp_path_factory.mktemp("guarded")).home
    port = free_port()
    with provider(free_port()) as made:
        variables = SET | {
            "METADATA_URL": made.metadata_url,
            "REDIRECT_URI": f"http://127.0.0.1:{port}/oauth2callback",
        }
        file = write_login_file(home, variables)
        with running(home, port) as address:
            file.unlink()
            yield address, made


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has logged in with."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.mark.browser
def test_dashboard_with_login_shows_no_figure_before_it(
    guarded: tuple[str, Provider], visit: Callable[..., Watched]
) -> None:
    address, _ = guarded

    page = visit(f"{address}/compensation").page

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.locator("table, .value, nav").count() == 0
    for path in ("publication", "rows/table/lines", "trace/line/x", "partners?csv=x"):
        assert page.request.get(f"{address}/{path}").status == 401


@pytest.mark.browser
def test_dashboard_with_login_lets_in_who_is_allowed_and_goes_back_to_the_page(
    guarded: tuple[str, Provider], visit: Callable[..., Watched]
) -> None:
    address, requested = guarded
    requested.person = ADA
    watched = visit(f"{address}/removals")

    watched.page.get_by_role("link", name="Sign in").click()

    expect(watched.page.get_by_text("ada@board.example.org")).to_be_visible()
    expect(watched.page.get_by_role("heading", name="Removals", level=1)).to_be_visible()

    watched.page.get_by_role("link", name="Sign out").click()

    expect(watched.page.get_by_text("You are signed out.")).to_be_visible()
    assert watched.page.request.get(f"{address}/publication").status == 401


@pytest.mark.browser
def test_dashboard_with_login_shows_no_figure_to_others_whom_the_provider_knows(
    guarded: tuple[str, Provider], visit: Callable[..., Watched]
) -> None:
    address, requested = guarded
    requested.person = {"sub": "2", "email": "eve@example.org", "email_verified": True}
    page = visit(address).page

    page.get_by_role("link", name="Sign in").click()

    expect(page.get_by_text("without access to this dashboard")).to_be_visible()
    assert page.locator("table, .value, nav").count() == 0


@pytest.mark.browser
def test_answer_that_the_provider_was_not_asked_for_lets_nobody_in(
    guarded: tuple[str, Provider], visit: Callable[..., Watched]
) -> None:
    address, _ = guarded

    page = visit(f"{address}/oauth2callback?code=guessed&state=guessed").page

    expect(page.get_by_text("The sign-in did not work")).to_be_visible()
    assert page.request.get(f"{address}/publication").status == 401


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_sign_in_goes_back_to_our_own_pages_alone(back: str) -> None:
    assert own_address(back) == "/"
    assert own_address("/removals?partner=p") == "/removals?partner=p"
