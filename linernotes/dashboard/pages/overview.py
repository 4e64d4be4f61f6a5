"""Overview: whether the promises are kept, the money, and what needs attention.

Verdicts and the bridge come from published tables; nothing is computed here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from linernotes.dashboard import wording
from linernotes.dashboard.attention import attention
from linernotes.dashboard.blocks import (
    Attention,
    Block,
    Heading,
    Item,
    Link,
    Note,
    Sentence,
    Split,
    Tiles,
)
from linernotes.dashboard.figures import Figures, month_before
from linernotes.dashboard.formats import change_text, month_text
from linernotes.dashboard.metric_blocks import cards, rows_of, short, time_line, values_of
from linernotes.dashboard.money_blocks import bridge
from linernotes.dashboard.promise_blocks import OFF_TARGET, tiles, verdicts_of
from linernotes.dashboard.selection import FIRST, LAST

TITLE, PATH, FILTER_KINDS = "Overview", "/", ("partner", "period")
SUBTITLE = "Where we stand: our commitments, payments, and what needs your attention."
ITEMS_SHOWN = 5
# The page with all items has only the partner filter.
WITHOUT: dict[str, object] = {"product": None, "territory": None, FIRST: None, LAST: None}
DUE = "amount_due_reporting_amount"
GROSS = "gross_earnings_reporting_amount"
HELD = "on_hold_reporting_amount"


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    items = attention(figures)
    yield sentence(figures, len(items))
    yield Tiles(tiles(figures))
    if figures.selection.partner:
        yield Note("Promises are judged over all partners, not for the selection.")
    due = cards(figures, DUE, is_large=True)
    yield Split(
        [Heading(f"Payments, {month_text(figures.headline)}"), due, bridge(figures)],
        [
            Heading("Needs your attention"),
            *needs_attention(figures, items),
        ],
    )
    yield Heading("By month")
    yield from time_line(figures, DUE, GROSS, HELD)
    yield Heading("The month in figures")
    yield cards(
        figures,
        GROSS,
        HELD,
        "ai_generations",
        "derivative_streams",
        "credit_coverage",
        "explicit_consent_share",
        "removal_actions",
        "overturn_rate",
        "derivative_to_source_conversion",
        "source_lift",
    )


def needs_attention(figures: Figures, items: Sequence[Item]) -> Iterator[Block]:
    """The first items, and a link to all items."""
    if items:
        more = figures.selection.href("/attention", **WITHOUT)
        yield Attention(items[:ITEMS_SHOWN], len(items), more)
    else:
        yield Note("Nothing needs attention.", "good")


def sentence(figures: Figures, item_count: int) -> Sentence:
    """Where we stand, in one sentence built from data."""
    month, before = figures.headline, month_before(figures.headline)
    found = values_of(figures, [DUE], ("report_month",), [before, month])[DUE]
    now = found.get((month,)) or Decimal(0)
    change = change_text(now, found.get((before,)), False)
    parts: list[str | Link] = [
        f"For {month_text(month)}, ",
        Link(short(figures, DUE, now), rows_of(figures, DUE, [month])),
        f" is due{f' ({change} on the month before)' if change else ''}; ",
    ]
    verdicts = verdicts_of(figures, month)
    missed = [promise for promise, verdict in verdicts.items() if verdict in OFF_TARGET]
    if not verdicts:
        parts.append("no promise can be judged yet")
    elif missed:
        for number, promise in enumerate(missed):
            parts.append(("", " and " if number == len(missed) - 1 else ", ")[number > 0])
            name = wording.PROMISES[promise].name
            parts.append(Link(name.lower(), f"/promises/{promise}"))
        parts.append(f" {'is' if len(missed) == 1 else 'are'} off target")
    else:
        parts.append("no promise is off target")
    parts.append("; ")
    what = f"{item_count} item{'' if item_count == 1 else 's'}"
    parts.append(Link(what, figures.selection.href("/attention", **WITHOUT)))
    parts.append(f" {'needs' if item_count == 1 else 'need'} attention.")
    return Sentence(parts)
