"""AI usage: what the AI products created, from which music, and how it was heard.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.blocks import Block, Heading
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import cards, split, time_line

TITLE, PATH, FILTER_KINDS = "AI usage", "/usage", ("partner", "product", "territory", "period")
SUBTITLE = "What our AI products created, from which music, and how it was heard."


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield cards(
        figures,
        "ai_generations",
        "derivative_streams",
        "ai_weighted_uses",
        "ai_blocked_rate",
        "free_allowance_share",
        "match_rate",
        "unattributed_share",
    )
    yield Heading("Generations by month")
    yield from time_line(figures, "ai_generations", "ai_blocked_rate")
    yield Heading("Plays of derivatives by month")
    yield from time_line(figures, "derivative_streams")
    yield Heading("By product")
    yield from split(
        figures, "product_id", "ai_generations", "derivative_streams", "ai_blocked_rate"
    )
    yield Heading("By partner whose repertoire is used")
    yield from split(figures, "partner_id", "ai_weighted_uses")
    yield Heading("By use")
    yield from split(figures, "use_type", "ai_generations", "ai_blocked_rate")
    yield Heading("By territory")
    yield from split(figures, "territory", "ai_generations", "derivative_streams")
    yield Heading("Why generations were blocked")
    yield from split(figures, "block_reason", "blocked_generation_count")
