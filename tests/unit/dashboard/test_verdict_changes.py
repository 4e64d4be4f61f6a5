"""News about promises: measures off target, and promises that no longer hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from linernotes.dashboard.figures import Verdict
from linernotes.dashboard.verdict_changes import news_of

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
PAID = Verdict(
    month=MAY,
    promise="pay",
    measure="paid_share",
    unit="share",
    direction="at_least",
    promise_verdict="broken",
    measure_verdict="broken",
    owner="Finance",
    numerator=Decimal(91),
    denominator=Decimal(100),
    value=Decimal("0.91"),
    interval=None,
    target=Decimal("0.97"),
    tolerated=Decimal("0.93"),
    target_from=date(2026, 1, 1),
    since=MAY,
)
BACK = replace(PAID, promise_verdict="on_target", measure_verdict="on_target")
BEFORE = replace(PAID, month=APRIL, since=APRIL)


def test_measure_off_target_is_told_with_figure_target_owner_and_link() -> None:
    [reported] = news_of([PAID], MAY, "https://reports.example")

    assert reported.title == "Fair pay: earnings paid broken"
    assert reported.details == (
        "May 2026: 91.0 %. Target: at least 97.0 %. Owner: Finance. "
        "https://reports.example/promises/pay"
    )


def test_verdict_of_another_month_is_the_same_news_and_another_verdict_is_other_news() -> None:
    june = replace(PAID, month=date(2026, 6, 1), value=Decimal("0.90"))
    milder = replace(PAID, measure_verdict="at_risk")

    [now] = news_of([PAID], MAY, "")
    [later] = news_of([PAID, june], june.month, "")
    [other] = news_of([milder], MAY, "")

    assert now.key == later.key != other.key


def test_promise_back_on_target_is_told_in_its_first_month_alone() -> None:
    [reported] = news_of([BEFORE, BACK], MAY, "https://reports.example")
    june = replace(BACK, month=date(2026, 6, 1))

    assert reported.title == "Fair pay: on target, was broken"
    assert reported.details.endswith("https://reports.example/promises/pay")
    assert news_of([BEFORE, BACK, june], june.month, "") == []


def test_first_month_on_target_is_no_news() -> None:
    assert news_of([BACK], MAY, "") == []
