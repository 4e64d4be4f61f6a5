"""Which verdicts have changed since somebody was last told; an alert is sent for each, once.

How an alert travels is `orchestration`'s.
"""

from collections.abc import Mapping

from linernotes.base.settings import Settings
from linernotes.dashboard import wording
from linernotes.dashboard.blocks import VERDICTS
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import month_text
from linernotes.dashboard.promise_blocks import measures_of, target_text, value_text
from linernotes.dashboard.published_view import view_now
from linernotes.dashboard.selection import first_selection

Known = dict[str, str]


def verdicts_now(settings: Settings) -> tuple[Known, dict[str, str]]:
    """Verdicts of the latest complete month by promise and by measure, and a line on each measure.

    A measure that passes its target or what is tolerated has another verdict, so a threshold that
    is passed is a verdict that changes.
    """
    view = view_now(settings)
    figures = Figures(view, first_selection(view.options))
    verdicts: Known = {}
    lines: dict[str, str] = {}
    for code in wording.PROMISES:
        for found in measures_of(figures, code):
            verdicts[code] = found.promise_verdict
            verdicts[f"{code}/{found.measure}"] = found.measure_verdict
            name, _ = wording.MEASURES[found.measure]
            lines[f"{code}/{found.measure}"] = (
                f"{name}, {month_text(found.month)}: {value_text(found, found.value)}. "
                f"{target_text(found)}."
            )
    return verdicts, lines


def changes_text(
    before: Mapping[str, str], now: Mapping[str, str], lines: Mapping[str, str], home_page: str
) -> list[str]:
    """What has changed, a paragraph for each promise, each with a link; nothing if nothing has."""
    changed = {key for key, verdict in now.items() if key in before and before[key] != verdict}
    told = []
    for code in dict.fromkeys(key.split("/")[0] for key in now if key in changed):
        promise = wording.PROMISES[code]
        head = f"{promise.name}: {VERDICTS[now[code]].lower()}"
        if code in changed:
            head += f", was {VERDICTS[before[code]].lower()}"
        measures = [
            f"- {lines[key]} Now {VERDICTS[now[key]].lower()}, was {VERDICTS[before[key]].lower()}."
            for key in now
            if key in changed and key.startswith(f"{code}/")
        ]
        told.append("\n".join([head, *measures, f"{home_page}/promises/{code}"]))
    return told
