"""The files with the targets of promises, and with the events that explain figures."""

from decimal import Decimal
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.warehouse.targets import MEASURES, read_known_events, read_targets

GOOD = """
[[targets]]
promise = "pay"
measure = "paid_share"
target = "0.97"
tolerated = "0.9"
owner = "Finance"
valid_from = 2026-01-01
"""


def settings_with(home: Path, **files: str) -> Settings:
    for name, text in files.items():
        (home / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return Settings(home=home)


def test_home_without_targets_has_one_for_every_measure(tmp_path: Path) -> None:
    targets = read_targets(Settings(home=tmp_path))

    shipped = {(target.promise, target.measure) for target in targets}
    assert shipped == {(promise, one) for promise, those in MEASURES.items() for one in those}
    assert all(target.owner for target in targets)


def test_targets_of_a_home_take_the_place_of_those_shipped(tmp_path: Path) -> None:
    [target] = read_targets(settings_with(tmp_path, targets_toml=GOOD))

    assert (target.target, target.tolerated) == (Decimal("0.97"), Decimal("0.9"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"0.97"', "0.97"), "in quotes"),
        (("paid_share", "credit_coverage"), "not a measure of pay"),
        (('"0.9"', '"0.99"'), "stricter"),
        (("owner =", "owned_by ="), "owned_by"),
        (("[[targets]]", "[[goals]]"), "goals"),
        (('"pay"', '"profit"'), "promise"),
        (("valid_from = 2026-01-01", "valid_from ="), "not a list of targets"),
    ],
)
def test_targets_with_a_slip_are_refused_with_the_reason(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    settings = settings_with(tmp_path, targets_toml=GOOD.replace(*change))

    with pytest.raises(LinernotesError, match=reason):
        read_targets(settings)


def test_two_targets_of_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LinernotesError, match="two targets"):
        read_targets(settings_with(tmp_path, targets_toml=GOOD + GOOD))


def test_known_events_are_read_once_each(tmp_path: Path) -> None:
    text = 'date,title\n2026-02-03,"Launch, ""Voices"""\n2026-02-03,"Launch, ""Voices"""\n'

    [event] = read_known_events(settings_with(tmp_path, events_csv=text))

    assert event.title == 'Launch, "Voices"'


@pytest.mark.parametrize("text", ["date,title\nsoon,Launch\n", "day,what\n2026-02-03,Launch\n"])
def test_known_events_that_cannot_be_read_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(LinernotesError, match=r"events\.csv"):
        read_known_events(settings_with(tmp_path, events_csv=text))


def test_home_without_known_events_has_none(tmp_path: Path) -> None:
    assert read_known_events(Settings(home=tmp_path)) == []
