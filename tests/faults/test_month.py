"""A month from its first delivery to its delivered package, again and again, disturbed by chance.

Kills, torn writes, power cuts and clocks that jump fall into any of its commands; the ledger, what
partners got and what is published are byte by byte those of a month in which nothing happened.
"""

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.content import contents, differences
from tests.faults.disk import MODELS, Disk
from tests.faults.scenarios import FREEZE, MONTH, closing_is_built, month_begins, month_ends
from tests.faults.shim import Commands, Disturbance, Ended

pytestmark = [pytest.mark.faults, pytest.mark.slow]

# `LINERNOTES_FAULTS=all` tries more months.
SEEDS = range(20 if os.environ.get("LINERNOTES_FAULTS") == "all" else 1)
COMMAND = "tests.faults.steps:command"
# 15 February 2026, 8:00 UTC.
NOW = 1_771_142_400
HOUR, DAY = 3600, 86400
MOST_TRIES = 4
Step = tuple[str, list[Any]] | Callable[[Path], None]


def steps(root: Path) -> list[Step]:
    """The commands of a month, and what others do in between."""
    home = str(root / "home")

    def command(*words: str) -> Step:
        return COMMAND, [["--home", home, *words]]

    return [
        command("load"),
        month_ends,
        command("load"),
        ("tests.faults.steps:close_and_draft", [home, MONTH, FREEZE, "Ada"]),
        command("statement", "approve", "--month", MONTH, "--by", "Ben"),
        command("statement", "issue", "--month", MONTH),
        closing_is_built,
        ("tests.faults.steps:publish", [home]),
        command("report", "--month", MONTH, "--deliver"),
    ]


class Month:
    """One month below a folder."""

    def __init__(self, commands: Commands, library: Path, folder: Path) -> None:
        self._commands = commands
        self._library = library
        self.root = folder / "run"
        self._original = folder / "original"
        self._shadow = folder / "shadow"
        self._lengths: dict[int, int] = {}

    def pass_by(self, chance: random.Random | None = None) -> dict[str, Any]:
        """Runs the month, disturbed by chance, and gives what there is at its end."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir()
        month_begins(self.root)
        for number, step in enumerate(steps(self.root)):
            if callable(step):
                step(self.root)
            elif chance is None:
                ended = self._run(step)
                assert ended.status == 0, ended.printed
                self._lengths[number] = len(ended.operations)
            else:
                self._run_disturbed(step, self._lengths[number], chance)
        return contents(self.root)

    def _run_disturbed(
        self, step: tuple[str, list[Any]], length: int, chance: random.Random
    ) -> None:
        """Disturbs a step as often as chance wants, and then lets it come to its end."""
        for _ in range(chance.randrange(3)):
            at = chance.randint(1, length)
            when = chance.choice(["before", "after", "torn", "enospc", "cut"])
            # A person looks at the clock before issuing; machines are not looked after so well.
            is_dated = "statement" in str(step) or "draft" in str(step)
            off = 0 if is_dated else chance.choice([0, -DAY, -HOUR, HOUR, DAY])
            disturbance = Disturbance(at, when, clock=NOW + off)
            if when == "cut":
                self._cut(step, replace(disturbance, when="after"), chance)
            else:
                self._run(step, disturbance)
        stated = []
        for number in range(MOST_TRIES):
            ended = self._run(step, Disturbance(clock=NOW + number / MOST_TRIES))
            if ended.status == 0 or "already issued" in ended.printed:
                return
            stated.append(ended.printed)
            if "linernotes repair" in ended.printed:
                home = str(self.root / "home")
                self._run((COMMAND, [["--home", home, "repair"]]))
        raise AssertionError(f"{step} does not come to its end: {stated}")

    def _cut(
        self, step: tuple[str, list[Any]], disturbance: Disturbance, chance: random.Random
    ) -> None:
        shutil.rmtree(self._original, ignore_errors=True)
        shutil.copytree(self.root, self._original, symlinks=True)
        disk = Disk(self._library, self.root, self._original, self._shadow)
        self._run(step, replace(disturbance, shadow=self._shadow))
        left = self.root.with_name("left")
        disk.cut(left, chance.choice(MODELS), chance.randrange(1 << 30))
        shutil.rmtree(self.root)
        left.rename(self.root)

    def _run(self, step: tuple[str, list[Any]], disturbance: Disturbance | None = None) -> Ended:
        call, arguments = step
        return self._commands.run(
            call, arguments, self.root, disturbance or Disturbance(clock=NOW), timeout=300
        )


@pytest.fixture(scope="module")
def month(commands: Commands, library: Path, tmp_path_factory: pytest.TempPathFactory) -> Month:
    return Month(commands, library, tmp_path_factory.mktemp("month"))


@pytest.fixture(scope="module")
def undisturbed(month: Month) -> dict[str, Any]:
    return month.pass_by()


@pytest.mark.parametrize("seed", SEEDS)
def test_month_disturbed_by_chance_ends_as_one_in_which_nothing_happened(
    month: Month, undisturbed: dict[str, Any], seed: int
) -> None:
    found = month.pass_by(random.Random(seed))

    assert any(name.startswith("ledger issued") for name in undisturbed)
    assert any(name.startswith("target") for name in undisturbed)
    assert differences(found, undisturbed) == []
