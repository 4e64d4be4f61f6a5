"""News: each channel reports each event once, also if another channel is down."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest

from linernotes.base.clock import now
from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, run
from linernotes.cli.health import (
    FeedHealth,
    Health,
    MonthOfStatements,
    Problem,
    Refusal,
    Waiting,
    read_health,
)
from linernotes.cli.news import concerns_of, report_news
from linernotes.delivery import deliver_packages
from linernotes.ingestion import Coverage, admit_landing, template
from linernotes.statements import draft
from tests.fixtures.deliveries import HASTY, PARTNER_DPID, agree, package_of
from tests.fixtures.mail_server import MailServer
from tests.fixtures.published_warehouse import Line, Statement, publish

pytestmark = pytest.mark.usefixtures("nothing_set")

NOW, LAST_MONTH = datetime(2026, 7, 20, 8), datetime(2026, 6, 30)
WELL = Health(NOW, [], None, 0, [], [], [], [], [], [], "", [], False, [])
TROUBLES = {
    "A file was refused: finance/revenue/7.csv": {
        "refusals": [Refusal("finance/revenue/7.csv", "required columns are missing: gross", NOW)]
    },
    "Rows of catalog/parties in quarantine: 30": {
        "quarantine": [Waiting("catalog/parties", 30, 1_000, NOW, [("kind.closed_list", 30)])]
    },
    "ai_usage/generations is late": {
        "feeds": [
            FeedHealth("ai_usage/generations", LAST_MONTH, datetime(2026, 7, 3), "late", 1, 1)
        ]
    },
    "Missing days of ai_usage/derivative_plays: 3": {
        "coverage": [
            Coverage(
                "ai_usage/derivative_plays",
                "day",
                date(2026, 7, 15),
                [date(2026, 7, 3), date(2026, 7, 4), date(2026, 7, 16)],
            )
        ]
    },
    "Drafts of 2026-06 awaiting approval: 4": {
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
# The events that the fixture `troubled` causes.
REAL = (
    "The ledger differs from its head in packages and records",
    "A file was refused: catalog/works/1.csv",
    "Rows of finance/fx_rates in quarantine: 1",
    "finance/fx_rates is late",
    "Missing days of ai_usage/derivative_plays: ",
    "Drafts of 2026-07 awaiting approval: 1",
    "The package of tune for 2026-06 was not delivered",
)
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


def is_down(patch: pytest.MonkeyPatch, channel: str) -> None:
    """Point a channel at a port without a listener."""
    nowhere = str(free_port())
    if channel == "webhook":
        patch.setenv("LINERNOTES_ALERT_WEBHOOK", f"http://127.0.0.1:{nowhere}")
    else:
        patch.setenv("LINERNOTES_SMTP_PORT", nowhere)


@pytest.mark.parametrize("down", ["webhook", "mail"])
@pytest.mark.parametrize("title", TROUBLES)
def test_channel_that_was_down_is_told_later_and_the_other_not_again(
    server: MailServer,
    posts: Posts,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    title: str,
    down: str,
) -> None:
    health = replace(WELL, **TROUBLES[title])
    with monkeypatch.context() as broken:
        is_down(broken, down)
        news = report_news(Settings(home=settings.home), health)
        assert len(news.result.places) == len(news.result.failures) == 1

    report_news(Settings(home=settings.home), health)

    assert (len(server.mails), len(posts[1])) == (1, 1)
    assert title in server.mails[0][0]
    assert title in posts[1][0]["text"]


@pytest.fixture
def troubled(settings: Settings, issued_home: Path) -> Settings:
    """A home with all of these events, to be checked 40 days later."""
    shutil.copytree(issued_home, settings.home)
    settings = Settings(home=settings.home, settling_seconds=0)
    for feed, text in {
        # A column does not exist: refused.
        "catalog/works": "nothing\n1\n",
        # One of two rows waits; nothing arrives in the 40 days after.
        "finance/fx_rates": "rate_date,base_currency,quote_currency,rate,provider,recorded_at\n"
        "2026-07-01,EUR,TND,3.4,bank,2026-07-01T15:00:00Z\n"
        "2026-07-02,EUR,TND,-1,bank,2026-07-02T15:00:00Z\n",
        # Plays of one day, and of none of the days after it.
        "ai_usage/derivative_plays": template("ai_usage/derivative_plays")[1],
    }.items():
        file = settings.landing_root / feed / "1.csv"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    admit_landing(settings)
    publish(settings, Statement("tune", "tune-late", [Line("b", "1.00")], month="2026-07-01"))
    draft(settings, "2026-07", by="Ada")
    agree(
        settings,
        f'[partners.tune]\ndpid = "{PARTNER_DPID}"\n'
        'target = { kind = "folder", path = "not-mounted" }\n',
    )
    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)
    assert shipment.is_trouble
    shutil.rmtree(settings.ledger_root / "issued" / "000002")
    return settings


@pytest.mark.parametrize("down", ["webhook", "mail", None])
def test_every_trouble_of_a_home_is_told_once_by_each_channel(
    server: MailServer,
    posts: Posts,
    troubled: Settings,
    monkeypatch: pytest.MonkeyPatch,
    down: str | None,
) -> None:
    at = now() + timedelta(days=40)
    for is_first in (True, False, False):
        with monkeypatch.context() as broken:
            if is_first and down:
                is_down(broken, down)
            # With the present settings and their channels.
            settings = Settings(home=troubled.home)
            report_news(settings, read_health(settings, at))

    [(mail, _)], [post] = server.mails, posts[1]
    body = message_from_string(mail, policy=policy.default).get_body()
    assert body
    for text in (body.get_content(), post["text"]):
        assert [title for title in REAL if text.count(f"- {title}") != 1] == []


def test_trouble_that_comes_again_is_news_again(server: MailServer, settings: Settings) -> None:
    settings = Settings(home=settings.home)
    health = replace(WELL, **TROUBLES["ai_usage/generations is late"])

    for looked in (health, WELL, health):
        report_news(settings, looked)

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
    assert run(["--home", str(home), "load"]) == NOT_ALLOWED
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", f"http://127.0.0.1:{free_port()}")
    assert run(["--home", str(home), "alert"]) == NOT_ALLOWED
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", posts[0])

    assert run(["--home", str(home), "alert"]) == DONE

    [post] = posts[1]
    assert "A file was refused: catalog/works/bad.csv" in post["text"]
