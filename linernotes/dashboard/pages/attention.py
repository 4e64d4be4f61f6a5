"""Attention: all items that need a person, by the amount at stake."""

from collections.abc import Iterator

from linernotes.dashboard.attention import attention
from linernotes.dashboard.blocks import Attention, Block, Note
from linernotes.dashboard.figures import Figures

TITLE, PATH, FILTER_KINDS = "Needs attention", "/attention", ("partner",)
SUBTITLE = "Open items, highest amount at stake first."


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    items = attention(figures)
    if items:
        yield Attention(items, len(items))
    else:
        yield Note("Nothing needs attention.", "good")
    if figures.selection.partner:
        yield Note("Promises and statements of reasons concern all partners and are not listed.")
    yield Note("Data-engineering items are on the data page.")
