"""News about the promises: measures off target, and changed verdicts.

`cli.news` decides on the recipients, and reports each item once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linernotes.base.settings import Settings
from linernotes.dashboard import wording
from linernotes.dashboard.blocks import VERDICTS
from linernotes.dashboard.board_mail import home_page
from linernotes.dashboard.figures import Figures, Verdict, month_before
from linernotes.dashboard.formats import month_text
from linernotes.dashboard.promise_blocks import OFF_TARGET, value_text
from linernotes.dashboard.published_view import view_now
from linernotes.dashboard.selection import first_selection


@dataclass(frozen=True)
class VerdictNews:
    """A measure that misses its target, or another change of a promise's verdict.

    Attributes:
        key: Identifies the verdict: the same each time for the same verdict, else different.
        title: Promise, measure and verdict.
        details: The figure, its target and owner, and a link.
    """

    key: str
    title: str
    details: str


def verdict_news(settings: Settings) -> list[VerdictNews]:
    """The news of the latest complete month, from the published file.

    Raises:
        LinernotesError: if nothing is published, or the publication has no statement.
    """
    view = view_now(settings)
    figures = Figures(view, first_selection(view.options))
    return news_of(figures.verdicts, figures.headline, home_page(settings))


def news_of(verdicts: Sequence[Verdict], month: date, home_page: str) -> list[VerdictNews]:
    """Each measure off target in a month, and each promise that is no longer off target."""
    found = []
    for one in verdicts:
        if one.month != month or one.measure_verdict not in OFF_TARGET:
            continue
        verdict = VERDICTS[one.measure_verdict].lower()
        name, _ = wording.MEASURES[one.measure]
        owner = f" Owner: {one.owner}." if one.owner else ""
        found.append(
            VerdictNews(
                f"target {one.measure} {one.measure_verdict}",
                f"{wording.PROMISES[one.promise].name}: {name.lower()} {verdict}",
                f"{month_text(month)}: {value_text(one, one.value)}. {one.target_text}.{owner}"
                f" {home_page}/promises/{one.promise}",
            )
        )
    now = {one.promise: one for one in verdicts if one.month == month}
    before = {
        one.promise: one.promise_verdict for one in verdicts if one.month == month_before(month)
    }
    for promise, one in now.items():
        if one.since != month or promise not in before or one.promise_verdict in OFF_TARGET:
            continue
        found.append(
            VerdictNews(
                f"verdict {promise} {one.promise_verdict} {month:%Y-%m}",
                f"{wording.PROMISES[promise].name}: {VERDICTS[one.promise_verdict].lower()}, "
                f"was {VERDICTS[before[promise]].lower()}",
                f"Since {month_text(month)}. {home_page}/promises/{promise}",
            )
        )
    return found
