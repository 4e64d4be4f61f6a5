"""Removals: what was taken down, why, how fast, and what appeals said.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards, split
from linernotes.dashboard.parts import Heading, Note, Part

TITLE, ADDRESS = "Removals", "removals"
QUESTION = "What was taken down or restricted, why, how fast, and what appeals said of it."
# What is counted is never told alone: one uploader may stand behind a thousand actions.
COUNTS = ("removal_actions", "removal_recordings", "removal_uploaders")
CARDS = (
    *COUNTS,
    "takedown_actions",
    "time_to_action_median",
    "time_to_action_p90",
    "case_time_to_action_median",
    "case_time_to_action_p90",
    "detection_automation_rate",
    "decision_automation_rate",
    "appeal_rate",
    "overturn_rate",
    "play_before_removal_count",
)
NOTICES = ("notice_count", "open_notice_count", "notice_validity_rate")


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield cards(figures, *CARDS)
    yield Note(
        "Detection and decision are automated apart from each other: a machine that finds content "
        "does not thereby decide on it."
    )
    yield Heading("Actions by month")
    yield from by_month(figures, *COUNTS, drawn=1, alt="Actions by month.")
    yield Heading("By reason")
    yield from split(
        figures,
        "programme_reason",
        *COUNTS,
        "time_to_action_median",
        "appeal_rate",
        "overturn_rate",
        alt="Actions by reason, the most first.",
    )
    yield Heading("By partner concerned")
    yield from split(
        figures,
        "partner_id",
        *COUNTS,
        "time_to_action_median",
        "appeal_rate",
        "overturn_rate",
        alt="Actions by partner, the most first.",
    )
    yield Heading("Notices")
    yield cards(figures, *NOTICES)
