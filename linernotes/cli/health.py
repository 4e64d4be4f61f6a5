"""Health of a home: deliveries, quarantine, failed checks, statements, and what to do next.

It only reads; `status_view.py` prints it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from linernotes import warehouse
from linernotes.base.clock import instant, now
from linernotes.base.errors import LinernotesError
from linernotes.base.published import Publication, publication
from linernotes.base.settings import Settings
from linernotes.delivery import (
    DeliveryStatus,
    delivery_status,
    failed_packages,
    unknown_partners,
)
from linernotes.ingestion import (
    CADENCES,
    Coverage,
    Lake,
    coverages,
    lake_damage,
    open_lake,
)
from linernotes.ledger.records import APPROVED, DRAFT, ISSUED
from linernotes.ledger.verification import heads_that_differ
from linernotes.statements import current_statements

FeedState = Literal["on time", "late", "as it comes", "never"]
TOP_REASONS = 3
STATES = (DRAFT, APPROVED, ISSUED)
MEND = "Repair the lake: linernotes repair (docs/operators/power-cut.md)"


@dataclass(frozen=True)
class FeedHealth:
    """One feed: when it was delivered, and whether that is in time.

    Attributes:
        feed: `<source>/<feed>`.
        last_loaded_at: When its last delivery was loaded, naive UTC.
        due_at: When the next delivery is due; None if it is only sent when something changes.
        state: `late` if nothing arrived by then; `never` if nothing was ever loaded.
        delivery_count: Deliveries loaded.
        row_count: Rows loaded.
    """

    feed: str
    last_loaded_at: datetime | None
    due_at: datetime | None
    state: FeedState
    delivery_count: int
    row_count: int


@dataclass(frozen=True)
class Waiting:
    """Rows of a feed in quarantine, with the rules that most of them break.

    Attributes:
        read_count: Rows of the feed that were ever read, to compute the share in quarantine.
    """

    feed: str
    row_count: int
    read_count: int
    oldest_at: datetime
    top_reasons: list[tuple[str, int]]


@dataclass(frozen=True)
class Refusal:
    """A file that was refused when it was last tried."""

    name: str
    reason: str
    refused_at: datetime


@dataclass(frozen=True)
class Problem:
    """A check of a suite, or a node of dbt, that failed when it last ran."""

    name: str
    is_blocking: bool
    outcome: str
    row_count: int | None
    reason: str


@dataclass(frozen=True)
class MonthOfStatements:
    """The number of a month's statements in each state, and whether the month has packages.

    Attributes:
        oldest_draft_at: When the oldest unapproved draft was made, naive UTC.
    """

    month: str
    draft: int
    approved: int
    issued: int
    has_packages: bool
    oldest_draft_at: datetime | None = None


@dataclass(frozen=True)
class Health:
    """The state of a home.

    Attributes:
        looked_at: When this was read, naive UTC.
        damage: Faults of the lake; nothing else is known while it is damaged.
        publication: The publication; None if nothing is published.
        arrivals_since: Deliveries that were loaded after the freeze of the publication.
        feeds: Every feed.
        coverage: The days or months covered by feeds that have data for each.
        refusals: Files that were refused when last tried.
        quarantine: Feeds with rows in quarantine.
        problems: Failed checks, blocking ones first.
        statements: Months with statements.
        deliveries: A sentence on the number of packages that have arrived at the partners.
        failed_deliveries: Partner, month and reason of packages whose last delivery failed.
        ledger_differs: Whether the ledger differs from its head in packages and records.
        next_steps: What to do, most urgent first; empty if nothing is.
    """

    looked_at: datetime
    damage: list[str]
    publication: Publication | None
    arrivals_since: int
    feeds: list[FeedHealth]
    coverage: list[Coverage]
    refusals: list[Refusal]
    quarantine: list[Waiting]
    problems: list[Problem]
    statements: list[MonthOfStatements]
    deliveries: str
    failed_deliveries: list[tuple[str, str, str]]
    ledger_differs: bool
    next_steps: list[str]

    @property
    def is_blocked(self) -> bool:
        """Whether a failed check prevents the publication of a build."""
        return bool(self.damage) or any(problem.is_blocking for problem in self.problems)


def read_health(settings: Settings, at: datetime | None = None) -> Health:
    """Reads the state of a home.

    Args:
        settings: The home.
        at: The instant at which due dates are checked, naive UTC; the present by default.
    """
    looked_at = at or now()
    publication = _publication(settings)
    lake = Lake(settings.lake_root, settings.quarantine_root)
    damage = lake_damage(settings, lake).sentences()
    if damage:
        return Health(
            looked_at, damage, publication, 0, [], [], [], [], [], [], "", [], False, [MEND]
        )
    lake = open_lake(settings, lake)
    deliveries = lake.read("raw_door__deliveries").collect()
    health = Health(
        looked_at=looked_at,
        damage=[],
        publication=publication,
        arrivals_since=_arrivals_since(deliveries, publication),
        feeds=_feeds(deliveries, looked_at),
        coverage=coverages(lake, looked_at),
        refusals=_refusals(deliveries),
        quarantine=_quarantine(lake, deliveries),
        problems=_problems(settings, lake),
        statements=_statements(settings),
        deliveries=_deliveries(settings),
        failed_deliveries=_failed_deliveries(settings),
        ledger_differs=bool(heads_that_differ(settings)),
        next_steps=[],
    )
    if health.ledger_differs:
        health.next_steps.append(
            "The ledger differs from its head in packages and records; issue and deliver nothing: "
            "linernotes verify --ledger (docs/operators/restore.md)"
        )
    health.next_steps.extend(_next_steps(health))
    return health


def _publication(settings: Settings) -> Publication | None:
    try:
        return publication(settings)
    except LinernotesError:
        return None


def _arrivals_since(deliveries: pl.DataFrame, publication: Publication | None) -> int:
    if publication is None:
        return 0
    freeze = datetime.fromisoformat(publication.known_at).replace(tzinfo=None)
    newer = (pl.col("state") == "loaded") & (pl.col("registered_at") > freeze)
    return deliveries.filter(newer).height


def _feeds(deliveries: pl.DataFrame, at: datetime) -> list[FeedHealth]:
    loaded = (
        deliveries.filter(pl.col("state") == "loaded")
        .group_by(feed=pl.concat_str("source", pl.lit("/"), "feed"))
        .agg(pl.col("registered_at").max(), pl.len(), pl.col("rows_loaded").sum())
    )
    found = {feed: rest for feed, *rest in loaded.iter_rows()}
    feeds = []
    for feed, cadence in CADENCES.items():
        last, count, rows = found.get(feed, (None, 0, 0))
        due = cadence.due_at(last) if last else None
        state: FeedState = "on time"
        if last is None:
            state = "never"
        elif due is None:
            state = "as it comes"
        elif at >= due:
            state = "late"
        feeds.append(FeedHealth(feed, last, due, state, count, rows))
    return feeds


def _refusals(deliveries: pl.DataFrame) -> list[Refusal]:
    """Files that were refused at the last try; a replaced file counts once."""
    last = deliveries.sort("sequence").group_by("name").last()
    refused = last.filter(pl.col("state") == "refused").sort("name")
    return [Refusal(*row) for row in refused.select("name", "reason", "registered_at").iter_rows()]


def _quarantine(lake: Lake, deliveries: pl.DataFrame) -> list[Waiting]:
    rows = (
        lake.read("raw_door__quarantined_rows")
        .filter(pl.col("retried_as").is_null())
        .select(pl.concat_str("source", pl.lit("/"), "feed"), "broken_rules", "quarantined_at")
        .collect()
    )
    read = dict(
        deliveries.filter(pl.col("state") == "loaded")
        .group_by(feed=pl.concat_str("source", pl.lit("/"), "feed"))
        .agg(pl.col("rows_read").sum())
        .iter_rows()
    )
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, list[datetime]] = defaultdict(list)
    for feed, rules, quarantined_at in rows.iter_rows():
        reasons[feed].update(rules)
        times[feed].append(quarantined_at)
    return [
        Waiting(
            feed,
            len(times[feed]),
            read.get(feed) or len(times[feed]),
            min(times[feed]),
            _most_common(reasons[feed]),
        )
        for feed in sorted(times)
    ]


def _most_common(reasons: "Counter[str]") -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda one: (-one[1], one[0]))[:TOP_REASONS]


def _problems(settings: Settings, lake: Lake) -> list[Problem]:
    latest = (
        lake.read("raw_door__check_results")
        .sort("sequence")
        .group_by("check_name")
        .agg(pl.col("severity", "outcome", "unexpected_count", "reason").last())
        .filter(pl.col("outcome") != "passed")
        .collect()
    )
    problems = [
        Problem(name, severity == "error", outcome, count, reason or "")
        for name, severity, outcome, count, reason in latest.iter_rows()
    ]
    problems += [
        Problem(one.node, one.status != "warn", one.status, one.row_count, one.message)
        for one in warehouse.shortfalls(settings)
    ]
    return sorted(problems, key=lambda one: (not one.is_blocking, one.name))


def _statements(settings: Settings) -> list[MonthOfStatements]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    drafted: dict[str, list[datetime]] = defaultdict(list)
    for one in current_statements(settings):
        counts[one.report_month][one.state] += 1
        if one.state == "draft" and one.drafted_at:
            drafted[one.report_month].append(instant(one.drafted_at))
    return [
        MonthOfStatements(
            month,
            *(states[state] for state in STATES),
            has_packages=_has_packages(settings.outbox_root, month),
            oldest_draft_at=min(drafted[month], default=None),
        )
        for month, states in sorted(counts.items())
    ]


def _has_packages(outbox: Path, month: str) -> bool:
    return any(outbox.glob(f"*/{month}"))


def _next_steps(health: Health) -> list[str]:
    steps = []
    if all(feed.state == "never" for feed in health.feeds):
        return ["Nothing is loaded yet: linernotes load", "Then: linernotes build"]
    if health.is_blocked:
        steps.append(
            "Find out why the blocking checks above fail, then: linernotes build"
            " (docs/operators/failed-check.md)"
        )
    if health.refusals:
        steps.append(
            "Ask the senders to correct the refused files, then: linernotes load"
            " (docs/operators/refused-delivery.md)"
        )
    if any(one.missing for one in health.coverage):
        steps.append(
            "Ask the senders for the missing days and months (docs/operators/late-feed.md)"
        )
    if any(feed.state == "late" for feed in health.feeds):
        steps.append("Ask the senders of the late feeds (docs/operators/late-feed.md)")
    if health.quarantine:
        steps.append("Review the rows in quarantine: linernotes quarantine list")
    if health.publication is None:
        steps.append("Nothing is published yet: linernotes build")
    elif health.arrivals_since:
        steps.append(
            f"{health.arrivals_since} deliveries arrived after the last publication: linernotes "
            "build"
        )
    steps += [step for month in health.statements for step in _steps_of(month)]
    if health.publication and not health.statements:
        steps.append("No statement is drafted yet: linernotes statement draft")
    return steps


def _steps_of(month: MonthOfStatements) -> list[str]:
    if month.draft:
        return [
            f"Review the drafts of {month.month}, then: linernotes statement approve --month "
            f"{month.month} --by NAME"
        ]
    if month.approved:
        return [f"Issue the approved statements: linernotes statement issue --month {month.month}"]
    if not month.has_packages:
        return [f"Write the packages: linernotes report --month {month.month}"]
    return []


def _failed_deliveries(settings: Settings) -> list[tuple[str, str, str]]:
    try:
        return failed_packages(settings)
    except LinernotesError:
        return []


def _deliveries(settings: Settings) -> str:
    try:
        counts = delivery_status(settings)
        unknown = unknown_partners(settings)
    except LinernotesError as trouble:
        return str(trouble)
    warning = f" {settings.agreements_file} lists unknown partners: {', '.join(unknown)}."
    return _counted(settings, counts) + (warning if unknown else "")


def _counted(settings: Settings, counts: DeliveryStatus) -> str:
    if counts == DeliveryStatus(0, 0, 0):
        return f"No issued package has a target in {settings.agreements_file}."
    return (
        f"Packages with a target: {counts.delivered:,} delivered, {counts.undelivered:,}"
        f" undelivered, {counts.failed:,} failed."
    )
