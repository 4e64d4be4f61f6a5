"""What a load reports: the outcome of each delivery, the step of each feed, and its log.

`intake` loads the deliveries.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from linernotes.base.settings import Settings
from linernotes.base.steps import step
from linernotes.ingestion.datasets import lake_dataset, landing_dataset
from linernotes.ingestion.descriptions import describe
from linernotes.ingestion.register import DeliveryOutcome

LOG = logging.getLogger(__name__)


@dataclass
class LoadReport:
    """The report of one load, without deliveries that were settled before.

    Attributes:
        deliveries: The outcome of each delivery.
        ignored_files: Files that are not deliveries, or not yet, and why.
        unread_files: Deliveries that could not be read or finished, and why. They are not in the
            register.
    """

    deliveries: list[DeliveryOutcome] = field(default_factory=list)
    ignored_files: dict[str, str] = field(default_factory=dict)
    unread_files: dict[str, str] = field(default_factory=dict)

    @property
    def turned_away(self) -> dict[str, str]:
        """Deliveries of which nothing was loaded, and why."""
        refused = {one.name: one.reason or "" for one in self.deliveries if one.state == "refused"}
        return refused | self.unread_files


@contextmanager
def loading(settings: Settings, feed: str, report: LoadReport) -> Generator[None]:
    """The step that loads one feed; its end event has the figures of the report.

    Args:
        settings: The home.
        feed: `<source>/<feed>`.
        report: The load's report; deliveries that it has at the beginning belong to other steps.
    """
    others = len(report.deliveries)
    read = landing_dataset(settings.landing_place, feed)
    filled = [lake_dataset(settings, table) for table in describe(feed).tables]
    with step("load feed", f"load.{feed.replace('/', '.')}", [read], feed=feed) as loaded:
        loaded.outputs = filled
        yield
        came = report.deliveries[others:]
        counts = {
            kind: sum(getattr(one, kind) or 0 for one in came)
            for kind in ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate")
        }
        loaded.facts |= {"deliveries": len(came), **counts}
        loaded.inputs = [replace(read, row_count=counts["rows_read"])]
        if len(filled) == 1:
            loaded.outputs = [replace(filled[0], row_count=counts["rows_loaded"])]
        # Reasons may quote a file's text, so only `linernotes status` shows them.
        refused = sum(one.state == "refused" for one in came)
        unread = sum(name.startswith(f"{feed}/") for name in report.unread_files)
        if refused or unread:
            loaded.failure = f"{refused} files were refused, {unread} could not be read."


def log_outcome(outcome: DeliveryOutcome) -> None:
    """Logs a delivery's outcome, without the reason, which may quote the file's text."""
    level = logging.WARNING if outcome.state == "refused" else logging.INFO
    fields = {
        name: getattr(outcome, name)
        for name in ("delivery_id", "source", "feed", "state", "rows_read", "rows_loaded")
    }
    more = {
        "delivery": outcome.name,
        "rows_quarantined": outcome.rows_quarantined,
        "rows_duplicate": outcome.rows_duplicate,
    }
    LOG.log(level, "delivery taken", extra=fields | more)
