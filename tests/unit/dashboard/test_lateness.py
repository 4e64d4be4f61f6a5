"""The explanation of why statements count as late."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.statement_blocks import (
    DEMONSTRATION,
    StatementMonth,
    lateness_in,
    lateness_in_short,
    lateness_text,
)

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
DUE_APRIL, DUE_MAY, RUN = date(2026, 5, 25), date(2026, 6, 25), date(2026, 7, 5)


@pytest.mark.parametrize(
    ("months", "text"),
    [
        (
            [StatementMonth(MAY, DUE_MAY, 3, 3, 3, 0, DUE_MAY, DUE_MAY)],
            "Every statement that was due was issued on time.",
        ),
        (
            [StatementMonth(MAY, DUE_MAY, 3, 0, 0, 3, None, None)],
            "3 statements of May 2026 are past the due date and not issued.",
        ),
        (
            [StatementMonth(MAY, DUE_MAY, 3, 3, 2, 1, DUE_MAY, RUN)],
            "1 statement of May 2026 was issued after the due date, the last on 5 Jul 2026.",
        ),
        (
            [
                StatementMonth(MAY, DUE_MAY, 3, 2, 0, 3, RUN, RUN),
                StatementMonth(APRIL, DUE_APRIL, 3, 3, 0, 3, RUN, RUN),
            ],
            "5 statements of Apr – May 2026 were all issued on 5 Jul 2026, 10 days after the last "
            "of them was due; 1 of May 2026 is past the due date and not issued.",
        ),
    ],
)
def test_lateness_is_said_with_its_reason(months: list[StatementMonth], text: str) -> None:
    assert lateness_text(months) == text


def figures_with(months: list[StatementMonth], is_demonstration: bool) -> Figures:
    """The queries on a publication with the statements of these months."""
    view: Any = SimpleNamespace(
        is_demonstration=is_demonstration,
        known_at=datetime(2026, 7, 20),
        rows=lambda sql, parameters: months,
    )
    selection: Any = SimpleNamespace(partner=(), headline=MAY)
    return cast(Figures, SimpleNamespace(view=view, selection=selection, headline=MAY))


@pytest.mark.parametrize(
    ("month", "is_demonstration", "text"),
    [
        (StatementMonth(MAY, DUE_MAY, 3, 3, 3, 0, DUE_MAY, DUE_MAY), False, ""),
        (
            StatementMonth(MAY, DUE_MAY, 3, 0, 0, 3, None, None),
            False,
            "Not issued, due by 25 Jun 2026",
        ),
        (
            StatementMonth(MAY, DUE_MAY, 3, 2, 1, 2, DUE_MAY, RUN),
            False,
            "Last issued 5 Jul 2026, due by 25 Jun 2026; 1 not issued",
        ),
        (
            StatementMonth(MAY, DUE_MAY, 3, 3, 0, 3, RUN, RUN),
            True,
            "Demonstration: issued when built, 5 Jul 2026; due by 25 Jun 2026",
        ),
        (
            StatementMonth(MAY, DUE_MAY, 3, 0, 0, 3, None, None),
            True,
            "Demonstration: still drafts; due by 25 Jun 2026",
        ),
    ],
)
def test_lateness_of_a_month_is_said_in_a_line(
    month: StatementMonth, is_demonstration: bool, text: str
) -> None:
    assert lateness_in_short(figures_with([month], is_demonstration), MAY) == text


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_demonstration_says_why_its_statements_are_late(is_demonstration: bool) -> None:
    months = [StatementMonth(MAY, DUE_MAY, 3, 3, 0, 3, RUN, RUN)]

    text = lateness_in(figures_with(months, is_demonstration), months)

    assert text.endswith(DEMONSTRATION) is is_demonstration
