"""Attention: everything that needs somebody, by the amount at stake."""

from collections.abc import Iterator

from linernotes.dashboard import wording
from linernotes.dashboard.attention import attention
from linernotes.dashboard.blocks import Attention, Block, Note
from linernotes.dashboard.figures import Figures

TITLE, PATH, KNOWS = "Needs attention", "/attention", ()
SUBTITLE = "Open items, highest amount at stake first."


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    items = attention(figures)
    if not items:
        yield Note("Nothing needs attention.", "good")
        return
    yield Attention(items, len(items))
    yield Note(f"{wording.FILTERS_DO_NOT_APPLY} Data-engineering items are on the data page.")
