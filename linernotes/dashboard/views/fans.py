"""Artist-fan connection: whether derivatives lead listeners to the artists they are made of.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards, split
from linernotes.dashboard.parts import Heading, Note, Part

TITLE, ADDRESS = "Artist-fan connection", "connection"
QUESTION = "Whether derivatives lead listeners to the artists whose music they are made of."
CARDS = (
    "derivative_to_source_conversion",
    "new_fan_rate",
    "follow_save_after_derivative",
    "source_lift",
)

WHOLE = (
    "These figures are whole, for the house's own readers alone. What partners get hides audiences "
    "below 10 people and rounds the others to 5; nothing of this page should leave the house."
)


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield cards(figures, *CARDS)
    yield Note(WHOLE)
    yield Heading("By month")
    yield from by_month(
        figures,
        "derivative_to_source_conversion",
        "new_fan_rate",
        alt="Listeners of derivatives who then played the source, and those of them who are new.",
    )
    yield Heading("By territory")
    yield from split(
        figures,
        "territory",
        "derivative_to_source_conversion",
        "new_fan_rate",
        "derivative_listener_count",
        alt="Listeners led to the source by territory, the highest share first.",
    )
