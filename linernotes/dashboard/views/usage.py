"""AI usage: what the AI products made, of whose recordings and works, and what was played.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards, split
from linernotes.dashboard.parts import Heading, Part

TITLE, ADDRESS = "AI usage", "usage"
QUESTION = "What the AI products made, out of what, and who listened."
CARDS = (
    "ai_generations",
    "derivative_streams",
    "ai_weighted_uses",
    "ai_blocked_rate",
    "free_allowance_share",
    "match_rate",
    "unattributed_share",
)


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield cards(figures, *CARDS)
    yield Heading("Generations by month")
    yield from by_month(figures, "ai_generations", alt="Completed generations by month.")
    yield Heading("Plays of derivatives by month")
    yield from by_month(figures, "derivative_streams", alt="Valid plays of derivatives by month.")
    yield Heading("By product")
    yield from split(
        figures,
        "product_id",
        "ai_generations",
        "derivative_streams",
        "ai_blocked_rate",
        alt="Generations by product, the most used first.",
    )
    yield Heading("By partner whose repertoire is used")
    yield from split(figures, "partner_id", "ai_weighted_uses", alt="Weighted uses by partner.")
    yield Heading("By use")
    yield from split(
        figures, "use_type", "ai_generations", "ai_blocked_rate", alt="Generations by use."
    )
    yield Heading("By territory")
    yield from split(
        figures,
        "territory",
        "ai_generations",
        "derivative_streams",
        alt="Generations by territory, the most first.",
    )
    yield Heading("Why generations were blocked")
    yield from split(
        figures,
        "block_reason",
        "blocked_generation_count",
        alt="Blocked generations by reason, the most first.",
    )
