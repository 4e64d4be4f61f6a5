"""What somebody has to hear, told once by each channel, whichever of them is down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from email import message_from_string, policy
from pathlib import Path

import pytest

from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, SAYS_NO, run
from linernotes.cli.health import (
    FeedHealth,
    Health,
    MonthOfStatements,
    Problem,
    Refusal,
    Waiting,
)
from linernotes.cli.news import concerns_of, report_news
from linernotes.ingestion import Coverage
from tests.fixtures.mail_server import MailServer

pytestmark = pytest.mark.usefixtures("nothing_set")

NOW, LAST_MONTH = datetime(2026, 7, 20, 8), datetime(2026, 6, 30)
WELL = Health(NOW, [], None, 0, [], [], [], [], [], [], "", [], False, [])
TROUBLES = {
    "A file was refused: finance/revenue/7.csv": {
        "refusals": [Refusal("finance/revenue/7.csv", "required columns are missing: gross", NOW)]
    },
    "30 rows of catalog/parties are in quarantine": {
        "quarantine": [Waiting("catalog/parties", 30, 1_000, NOW, [("kind.closed_list", 30)])]
    },
    "ai_usage/generations is late": {
        "feeds": [
            FeedHealth("ai_usage/generations", LAST_MONTH, datetime(2026, 7, 3), "late", 1, 1)
        ]
    },
    "ai_usage/derivative_plays has no data for 3 days": {
        "coverage": [
            Coverage(
                "ai_usage/derivative_plays",
                "day",
                date(2026, 7, 15),
                [date(2026, 7, 3), date(2026, 7, 4), date(2026, 7, 16)],
            )
        ]
    },
    "4 drafts of 2026-06 wait for approval": {
        "statements": [MonthOfStatements("2026-06", 4, 0, 0, False, datetime(2026, 7, 5))]
    },
    "The package of umg for 2026-05 was not delivered": {
        "failed_deliveries": [("umg", "2026-05", "the server refused the login")]
    },
    "The ledger differs from its head in packages and records": {"ledger_differs": True},
    "The lake is damaged": {"damage": ["raw_catalog__parties lacks a file."]},
    "A blocking check fails: fct_statements__grain": {
        "problems": [Problem("fct_statements__grain", True, "fail", 2, "Two rows.")]
    },
}  # fmt: skip
Mail = Callable[..., MailServer]
Posts = tuple[str, list[dict]]


@pytest.fixture
def settings(mail: Mail, posts: Posts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", posts[0])
    monkeypatch.setenv("LINERNOTES_PAGES_URL", "https://pages.example")
    return Settings(home=tmp_path / "home")


@pytest.fixture
def server(mail: Mail) -> MailServer:
    return mail("none")


@pytest.mark.parametrize("title", TROUBLES)
def test_trouble_is_told_once_by_mail_and_by_webhook_with_home_host_and_link(
    server: MailServer, settings: Settings, posts: Posts, title: str
) -> None:
    settings = Settings(home=settings.home)
    health = replace(WELL, **TROUBLES[title])

    first, second = report_news(settings, health), report_news(settings, health)

    assert [one.title for one in first.concerns] == [title]
    assert len(first.result.places) == 2
    assert second.result.places == []
    [(mail, _)], [post] = server.mails, posts[1]
    body = message_from_string(mail, policy=policy.default).get_body()
    assert body
    for text in (body.get_content(), post["text"]):
        assert title in text
        assert str(settings.home) in text
        assert "https://pages.example" in text
        assert " on " in text


@pytest.mark.parametrize("down", ["webhook", "mail"])
def test_channel_that_was_down_is_told_later_and_the_other_not_again(
    server: MailServer,
    posts: Posts,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    down: str,
) -> None:
    health = replace(WELL, **TROUBLES["The lake is damaged"])
    with monkeypatch.context() as broken:
        nowhere = str(free_port())
        if down == "webhook":
            broken.setenv("LINERNOTES_ALERT_WEBHOOK", f"http://127.0.0.1:{nowhere}")
        else:
            broken.setenv("LINERNOTES_SMTP_PORT", nowhere)
        news = report_news(Settings(home=settings.home), health)
        assert len(news.result.places) == len(news.result.failures) == 1

    report_news(Settings(home=settings.home), health)

    assert (len(server.mails), len(posts[1])) == (1, 1)


def test_trouble_that_comes_again_is_news_again(server: MailServer, settings: Settings) -> None:
    settings = Settings(home=settings.home)
    health = replace(WELL, **TROUBLES["ai_usage/generations is late"])

    for now in (health, WELL, health):
        report_news(settings, now)

    assert len(server.mails) == 2


def test_new_trouble_is_told_without_what_was_told(server: MailServer, settings: Settings) -> None:
    settings = Settings(home=settings.home)
    both = TROUBLES["The lake is damaged"] | TROUBLES["ai_usage/generations is late"]
    report_news(settings, replace(WELL, **TROUBLES["The lake is damaged"]))

    report_news(settings, replace(WELL, **both))

    assert "late" in server.mails[1][0]
    assert "damaged" not in server.mails[1][0]


def test_what_is_small_or_young_is_no_concern(tmp_path: Path) -> None:
    health = replace(
        WELL,
        quarantine=[Waiting("catalog/parties", 1, 1_000, NOW, [("kind.closed_list", 1)])],
        statements=[MonthOfStatements("2026-06", 4, 0, 0, False, datetime(2026, 7, 18))],
    )

    assert concerns_of(health, Settings(home=tmp_path)) == []


def test_alert_command_tells_and_ends_with_1_while_a_channel_is_down(
    posts: Posts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    refused = home / "landing" / "catalog" / "works" / "bad.csv"
    refused.parent.mkdir(parents=True)
    refused.write_text("nothing\n1\n")
    assert run(["--home", str(home), "load"]) == SAYS_NO
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", f"http://127.0.0.1:{free_port()}")
    assert run(["--home", str(home), "alert"]) == SAYS_NO
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", posts[0])

    assert run(["--home", str(home), "alert"]) == DONE

    [post] = posts[1]
    assert "A file was refused: catalog/works/bad.csv" in post["text"]
