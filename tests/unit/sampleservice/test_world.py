"""The interpretation of scales, months and feed names."""

from decimal import Decimal
from pathlib import Path

import pytest

from sampleservice import SampleError, write_sample
from sampleservice.world import plan_world


def test_plan_of_a_source_scale_sets_all_its_feeds() -> None:
    world = plan_world(1, {"ai_usage": 3}, 1, 6)

    assert world.scales["ai_usage/generations"] == 3
    assert world.scales["ai_usage/fan_signals"] == 3
    assert world.scales["removals"] == 1


def test_plan_of_a_feed_scale_wins_over_its_source() -> None:
    world = plan_world(1, {"ai_usage/fan_signals": 0.5, "ai_usage": 3}, 1, 6)

    assert world.scales["ai_usage/fan_signals"] == Decimal("0.5")


def test_plan_of_many_plays_raises_what_they_are_plays_of() -> None:
    world = plan_world(1, {"ai_usage/derivative_plays": 105}, 1, 6)

    assert world.scales["ai_usage/generations"] == 8


def test_plan_of_the_default_scale_has_25_territories_and_20_currencies() -> None:
    world = plan_world(1, None, 1, 6)

    assert len(world.territories) == 25
    assert len({territory.currency for territory in world.territories}) >= 12


@pytest.mark.parametrize(
    ("scale", "feed_scales", "months", "stated"),
    [
        (0, None, 6, "over 0"),
        (float("nan"), None, 6, "over 0"),
        (1, {"removal": 2}, 6, "no feed scale is called removal"),
        (1, {"ai_usage/attributions": 2}, 6, "follows ai_usage/generations"),
        (1, {"removals": -1}, 6, "over 0"),
        (1, None, 0, "1 to 9"),
        (1, None, 10, "1 to 9"),
    ],
)
def test_plan_of_senseless_wishes_says_what_is_wrong(
    scale: float, feed_scales: dict[str, float] | None, months: int, stated: str
) -> None:
    with pytest.raises(SampleError, match=stated):
        plan_world(scale, feed_scales, 1, months)


def test_sample_into_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("x")

    with pytest.raises(SampleError, match="not empty"):
        write_sample(tmp_path, scale=0.01)


@pytest.mark.parametrize("months", [1, 3, 9])
def test_sample_of_other_lengths_covers_its_months(tmp_path: Path, months: int) -> None:
    report = write_sample(tmp_path / "landing", scale=0.01, months=months)

    assert len(report.months) == months
    revenue = {file.path[-11:-4] for file in report.files if file.feed == "finance/revenue"}
    assert set(report.months) <= revenue
