"""The board pack over the edge cases' published file: its pages, and the mail with it.

`tests/unit/cli/test_alerts.py` tests the security of mail.
"""

import email
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import duckdb
import pypdfium2
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.cli.health import Health
from linernotes.cli.news import concerns_of, report_news
from linernotes.dashboard import mail_board_pack, wording, write_board_pack
from tests.fixtures.mail_server import MailServer


@pytest.fixture(scope="module")
def home(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("board")
    shutil.copytree(
        Settings(home=case_home).published_root,
        Settings(home=home).published_root,
        copy_function=shutil.copyfile,
    )
    return home


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server with TLS and a login, which this machine trusts."""
    server = MailServer(tmp_path, "starttls", "house", "secret")
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    yield server
    server.close()


def settings_of(home: Path, server: MailServer) -> Settings:
    return Settings(
        home=home,
        board_email="board@example.org",
        alert_email="team@example.org",
        smtp_host="127.0.0.1",
        smtp_port=server.port,
        smtp_security="starttls",
        smtp_user="house",
        smtp_password="secret",
    )


def month_of(home: Path) -> str:
    settings = Settings(home=home)
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("select max(report_month) from marts.fct_promise_verdicts")
        return f"{found.fetchall()[0][0]:%Y-%m}"


def test_board_pack_has_a_page_per_promise_money_risks_and_decisions(
    home: Path, tmp_path: Path
) -> None:
    file = write_board_pack(Settings(home=home), month_of(home), tmp_path / "pack.pdf")

    document = pypdfium2.PdfDocument(file)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    for promise in wording.PROMISES.values():
        assert sum(f"Our commitment: {promise.commitment}" in page for page in pages) == 1
    whole = "\n".join(pages)
    for head in ("Decisions asked", "Money", "Risks", "Amount due", "Gross earnings"):
        assert head in whole


def test_board_pack_of_the_same_publication_has_the_same_bytes(home: Path, tmp_path: Path) -> None:
    month = month_of(home)

    first, second = (
        write_board_pack(Settings(home=home), month, tmp_path / f"{name}.pdf") for name in "ab"
    )

    assert first.read_bytes() == second.read_bytes()


def test_board_pack_of_a_month_that_is_not_complete_is_refused(home: Path) -> None:
    with pytest.raises(LinernotesError, match="latest complete month"):
        write_board_pack(Settings(home=home), "2031-01")


def test_board_pack_is_mailed_over_tls_with_a_login(
    home: Path, server: MailServer, tmp_path: Path
) -> None:
    settings, month = settings_of(home, server), month_of(home)
    file = write_board_pack(settings, month, tmp_path / "pack.pdf")

    assert mail_board_pack(settings, month, file) == "board@example.org"

    [(text, is_encrypted)] = server.mails
    message = email.message_from_string(text, policy=default)
    assert isinstance(message, EmailMessage)
    [attached] = message.iter_attachments()
    assert is_encrypted
    assert server.logins == [("house", "secret")]
    assert message["To"] == "board@example.org"
    assert attached.get_content() == file.read_bytes()


def test_verdict_that_changes_sends_one_alert_once(home: Path, server: MailServer) -> None:
    settings = settings_of(home, server)
    health = Health(datetime(2026, 7, 20), [], None, 0, [], [], [], [], [], [], "", [], False, [])
    known = {one.key for one in concerns_of(health, settings)}
    changed = next(one for one in sorted(known) if one.startswith("target "))
    settings.reported_file.write_text(json.dumps({settings.alert_email: sorted(known - {changed})}))

    first, second = report_news(settings, health), report_news(settings, health)

    assert [len(first.result.places), len(second.result.places)] == [1, 0]
    [(mail, is_encrypted)] = server.mails
    text = email.message_from_string(mail, policy=default).get_content()
    assert is_encrypted
    assert text.count("/promises/") == 1
