"""Why statements count as late, in words."""

from datetime import date

import pytest

from linernotes.dashboard.money_blocks import StatementMonth, lateness_text

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
            "6 statements of Apr – May 2026 were all issued on 5 Jul 2026, 10 days after the last "
            "of them was due: past months that are issued together count as late; "
            "not issued yet: 1.",
        ),
    ],
)
def test_lateness_is_said_with_its_reason(months: list[StatementMonth], text: str) -> None:
    assert lateness_text(months) == text
