"""Artist-fan connection: whether AI versions bring fans to the original artist.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.blocks import Block, Heading, Note
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import cards, split, time_line

TITLE, PATH, FILTER_KINDS = "Artist-fan connection", "/connection", ("territory", "period")
SUBTITLE = "Whether AI versions bring fans to the original artist."
INTERNAL = "Internal only: unrounded audience figures. Do not share outside the company."


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield Note(INTERNAL, "warning")
    yield cards(
        figures,
        "source_lift",
        "derivative_to_source_conversion",
        "new_fan_rate",
        "follow_save_after_derivative",
        "derivative_listener_count",
    )
    yield Heading("By month")
    yield from time_line(figures, "derivative_to_source_conversion", "new_fan_rate")
    yield from time_line(figures, "source_lift")
    yield Heading("By territory")
    yield from split(
        figures,
        "territory",
        "derivative_to_source_conversion",
        "new_fan_rate",
        "derivative_listener_count",
    )
