"""A verdict that changes is told once; what stays is not told."""

from linernotes.dashboard.verdict_changes import changes_text

LINES = {"pay/paid_share": "Earnings paid, May 2026: 91.0 %. Target: at least 97 %."}
BEFORE = {"pay": "on_target", "pay/paid_share": "on_target", "credit": "broken"}
NOW = {"pay": "broken", "pay/paid_share": "broken", "credit": "broken"}


def test_verdict_that_changes_is_told_with_its_figure_and_a_link() -> None:
    [told] = changes_text(BEFORE, NOW, LINES, "https://reports.example")

    assert told.splitlines() == [
        "Fair pay: broken, was on target",
        "- Earnings paid, May 2026: 91.0 %. Target: at least 97 %. Now broken, was on target.",
        "https://reports.example/promises/pay",
    ]


def test_verdict_that_was_told_is_not_told_again() -> None:
    assert changes_text(NOW, NOW, LINES, "") == []


def test_first_look_tells_nothing() -> None:
    assert changes_text({}, NOW, LINES, "") == []
