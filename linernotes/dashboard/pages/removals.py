"""Removals: what was taken down or restricted, why, how fast, and how appeals were decided.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.blocks import Block, Heading, Note
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import cards, split, time_line

TITLE, PATH, FILTER_KINDS = "Removals", "/removals", ("partner", "period")
SUBTITLE = "What was taken down or restricted, why, how fast, and how appeals were decided."
# Actions are always shown with these counts: one uploader may cause a thousand actions.
COUNTS = ("removal_actions", "removal_recordings", "removal_uploaders")


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield cards(
        figures,
        *COUNTS,
        "takedown_actions",
        "time_to_action_median",
        "time_to_action_p90",
        "case_time_to_action_median",
        "detection_automation_rate",
        "decision_automation_rate",
        "play_before_removal_count",
    )
    yield Note(
        "Automated detection and automated decision are counted separately. Recordings and "
        "uploaders are not additive across breakdowns."
    )
    yield Heading("By month")
    yield from time_line(figures, *COUNTS)
    yield Heading("By reason")
    yield from split(
        figures,
        "programme_reason",
        *COUNTS,
        "time_to_action_median",
        "appeal_rate",
        "overturn_rate",
    )
    yield Heading("By affected partner")
    yield from split(
        figures, "partner_id", *COUNTS, "time_to_action_median", "appeal_rate", "overturn_rate"
    )
    yield Heading("Appeals, notices and statements of reasons (DSA)")
    yield cards(
        figures,
        "appeal_count",
        "appeal_rate",
        "overturn_rate",
        "appeal_time_median",
        "counter_notice_overdue_count",
        "reinstated_action_count",
        "notice_count",
        "open_notice_count",
        "notice_backlog_age_median",
        "notice_validity_rate",
        "sor_due_count",
        "sor_filed_count",
        "sor_overdue_count",
        "sor_timeliness",
        "repeat_offender_share",
        "prevalence",
    )
