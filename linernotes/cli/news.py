"""Alerts of a home, sent once by mail and once by webhook.

`health.py` reads the health, and `alerts.py` sends the messages.
"""

import json
import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import duckdb

from linernotes.base import durable, locks
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.cli.alerts import AlertResult, channels
from linernotes.cli.health import Health, read_health
from linernotes.dashboard import verdict_news
from linernotes.ledger.incidents import critical_incidents

LOG = logging.getLogger(__name__)
SHOWN = 20
T = TypeVar("T")


@dataclass(frozen=True)
class Concern:
    """One matter that needs a person.

    Attributes:
        key: Identifies the matter over time; it changes if the matter gets worse in kind.
        title: The matter, in one line.
        details: Facts about it.
        page: The page of the documentation that explains what to do.
    """

    key: str
    title: str
    details: str
    page: str


@dataclass
class News:
    """The result of a check for news.

    Attributes:
        concerns: Everything that is wrong now.
        result: Channels that received it, and failures by channel; empty if nothing was new.
    """

    concerns: list[Concern]
    result: AlertResult = field(default_factory=AlertResult)


def concerns_of(health: Health, settings: Settings) -> list[Concern]:
    """Everything that needs a person, most urgent first."""
    found = [
        Concern("lake", "The lake is damaged", sentence, "operators/power-cut.md")
        for sentence in health.damage[:1]
    ]
    if health.ledger_differs:
        found.append(
            Concern(
                "ledger",
                "The ledger differs from its head in packages and records",
                "Issue and deliver nothing until the cause is clear: linernotes verify --ledger",
                "operators/restore.md",
            )
        )
    found += [
        Concern(
            f"incident {one.incident_id}",
            f"A critical incident is open: {one}",
            f"linernotes incident show {one.incident_id}",
            "incidents.md",
        )
        for one in _published(critical_incidents, settings)
    ]
    found += [
        Concern(one.key, one.title, one.details, "dashboard.md#promises-and-targets")
        for one in _published(verdict_news, settings)
    ]
    found += [
        Concern(
            f"check {one.name}",
            f"A blocking check fails: {one.name}",
            f"{one.reason} Nothing new is published until it is fixed.",
            "operators/failed-check.md",
        )
        for one in health.problems
        if one.is_blocking
    ]
    found += [
        Concern(
            f"refused {one.name} {one.reason}",
            f"A file was refused: {one.name}",
            one.reason,
            "operators/refused-delivery.md",
        )
        for one in health.refusals
    ]
    found += [
        Concern(
            f"quarantine {one.feed}",
            f"Rows of {one.feed} in quarantine: {one.row_count:,}",
            f"{one.row_count * 100 / one.read_count:.1f} % of its rows; mostly"
            f" {', '.join(rule for rule, _ in one.top_reasons)}",
            "operators/refused-delivery.md",
        )
        for one in health.quarantine
        if one.row_count * 100 > settings.alert_quarantine_percent * one.read_count
    ]
    found += [
        Concern(
            f"late {one.feed} {one.due_at:%Y-%m-%d}",
            f"{one.feed} is late",
            f"Its last delivery was loaded on {one.last_loaded_at:%Y-%m-%d}; the next was due by"
            f" {one.due_at:%Y-%m-%d}.",
            "operators/late-feed.md",
        )
        for one in health.feeds
        if one.state == "late" and one.due_at and one.last_loaded_at
    ]
    found += [
        Concern(
            # A gap that grows by a day each day is one matter.
            f"gap {one.feed} {one.missing[0]}",
            f"Missing {one.unit}s of {one.feed}: {len(one.missing):,}",
            f"Missing: {one.missing_text()}. The last with data is {one.last_covered_text}.",
            "operators/late-feed.md",
        )
        for one in health.coverage
        if one.missing
    ]
    allowed_age = timedelta(days=settings.alert_draft_days)
    found += [
        Concern(
            f"draft {one.month}",
            f"Drafts of {one.month} awaiting approval: {one.draft:,}",
            f"The oldest since {one.oldest_draft_at:%Y-%m-%d}:"
            f" linernotes statement approve --month {one.month} --by NAME",
            "operators/rerun-month.md",
        )
        for one in health.statements
        if one.oldest_draft_at and health.looked_at - one.oldest_draft_at > allowed_age
    ]
    found += [
        Concern(
            f"delivery {partner} {month} {reason}",
            f"The package of {partner} for {month} was not delivered",
            reason,
            "operators/README.md",
        )
        for partner, month, reason in health.failed_deliveries
    ]
    return found


def _published(read: Callable[[Settings], list[T]], settings: Settings) -> list[T]:
    """The rows of a query of the published file; empty if nothing is published, or if an older
    program has published a file without the table. The other alerts are sent in any case.
    """
    with suppress(LinernotesError, duckdb.CatalogException, duckdb.BinderException):
        return read(settings)
    return []


def report_news(settings: Settings, health: Health | None = None) -> News:
    """Sends every channel what is new since its last alert.

    A channel that cannot be reached gets it at the next check. Matters that are over are forgotten,
    so that they are sent again if they return.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    # The schedule and a person's command may look at once.
    with locks.holding(settings.home / ".told.lock"):
        return _report(settings, News(concerns_of(health or read_health(settings), settings)))


def _report(settings: Settings, news: News) -> News:
    current = {one.key for one in news.concerns}
    known = _known(settings)
    for name, send in channels(settings).items():
        before = set(known.get(name, [])) & current
        fresh = [one for one in news.concerns if one.key not in before]
        if fresh:
            try:
                send(_subject(settings, fresh), _text(settings, fresh))
                before |= {one.key for one in fresh}
                news.result.places.append(name)
                LOG.info("sent", extra={"place": name, "matters": len(fresh)})
            except Exception as reason:  # a failure of one channel does not affect the others
                news.result.failures[name] = str(reason)
                LOG.warning("not sent", extra={"place": name, "because": str(reason)})
        known[name] = sorted(before)
    durable.write_text(settings.reported_file, json.dumps(known, indent=2) + "\n")
    return news


def _known(settings: Settings) -> dict[str, list[str]]:
    """The matters that each channel has received; none if the file cannot be read."""
    try:
        return json.loads(settings.reported_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _subject(settings: Settings, fresh: Sequence[Concern]) -> str:
    more = f" and {len(fresh) - 1} more" if len(fresh) > 1 else ""
    return f"Linernotes {settings.home.name}: {fresh[0].title}{more}"


def _text(settings: Settings, fresh: Sequence[Concern]) -> str:
    lines = [where(settings), ""]
    for one in fresh[:SHOWN]:
        lines += [f"- {one.title}", f"  {one.details}", f"  What to do: docs/{one.page}"]
    if len(fresh) > SHOWN:
        lines.append(f"- and {len(fresh) - SHOWN} more")
    return "\n".join([*lines, "", "Full list: linernotes status"])


def where(settings: Settings, path: str = "") -> str:
    """Home and host of a message, with a link if the URL of the pages is known."""
    link = f"\n{settings.pages_url.rstrip('/')}/{path}" if settings.pages_url else ""
    return f"Home {settings.home} on {socket.gethostname()}{link}"
