"""When each feed is due again, to tell a late sender from one without changes.

`cli/news.py` sends alerts about late feeds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from linernotes.ingestion.feeds import FEEDS

Rhythm = Literal["day", "month", "change"]

# A month's file is due when the previous month is drafted for the first time.
DUE_DAY = 5
# There are no rates on weekends and holidays; money needs one at most three days old.
RATE_DAYS = 3

DAYS_BETWEEN = {
    "ai_usage/generations": 1,
    "ai_usage/derivatives": 1,
    "ai_usage/attributions": 1,
    "ai_usage/derivative_plays": 1,
    "removals/actions": 1,
    "finance/ecb": RATE_DAYS,
    "finance/fx_rates": RATE_DAYS,
}
MONTHLY_FEEDS = frozenset({"ai_usage/fan_signals", "finance/revenue"})


@dataclass(frozen=True)
class Cadence:
    """How often a feed is delivered.

    Attributes:
        rhythm: By day, by month, or only when something has changed.
        days_between: For a daily feed, the maximum number of days between two deliveries.
    """

    rhythm: Rhythm
    days_between: int = 0

    def due_at(self, last: datetime) -> datetime | None:
        """When the next delivery is due, naive UTC; None if none is."""
        midnight = datetime(last.year, last.month, last.day)
        if self.rhythm == "day":
            return midnight + timedelta(days=self.days_between + 1)
        if self.rhythm == "month":
            next_month = (midnight.replace(day=1) + timedelta(days=31)).replace(day=1)
            return next_month + timedelta(days=DUE_DAY - 1)
        return None


def cadence_of(feed: str) -> Cadence:
    """The cadence of a feed, `<source>/<feed>`."""
    if feed in DAYS_BETWEEN:
        return Cadence("day", DAYS_BETWEEN[feed])
    return Cadence("month" if feed in MONTHLY_FEEDS else "change")


CADENCES: dict[str, Cadence] = {feed: cadence_of(feed) for feed in FEEDS}
