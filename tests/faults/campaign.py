"""Every point at which a command can be disturbed, and what becomes of it at each.

After each point the command is run again as an operator would; then the home must hold what an
undisturbed run leaves.
"""

import json
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults.content import contents, differences, leftovers
from tests.faults.disk import MODELS, Disk
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.shim import NOW, Commands, Disturbance, Ended, Operation, build_shim

DAY, HOUR = 86400, 3600
# Kinds of operations: a kill goes before each of these, and after it.
STEPS_KILLED = "RLSUMDFOTC"
WRITES = "WOTC"
# A full disk says so at a write, a new file or folder; a broken one at writes and fsync.
FULL, BROKEN = "WOMTCL", "WFTC"
# What a command says that comes too late to do anything.
DONE_BEFORE = "already issued"
UNFORESEEN = re.compile(r"unexpected error occurred|Traceback|panicked|thread '.*' panicked")


Job = tuple[str, list[Any], Disturbance | None]


@dataclass(frozen=True)
class Point:
    """One disturbance of one command.

    Attributes:
        kind: `kill`, `torn`, `full`, `broken`, `cut`, `again` (killed, run again, and then cut from
            its power) or `clock`.
        at: Number of the operation; 0 for a cut after the end, and for clocks.
        when: `before` or `after`; for `full` and `broken`, `once` or `on`; for cuts the model of
            the disk; for clocks the seconds that it is off.
    """

    scenario: str
    kind: str
    at: int = 0
    when: str = ""
    seed: int = 0

    def __str__(self) -> str:
        where = f" at {self.at}" if self.at else " at the end" if self.kind == "cut" else ""
        return f"{self.scenario}: {self.kind} {self.when}{where}"


@dataclass(frozen=True)
class Verdict:
    """What became of a point; no faults mean that nothing was lost.

    Attributes:
        operation: What the command was about to do, as the disk saw it.
    """

    point: Point
    operation: Operation | None
    faults: tuple[str, ...]

    def __str__(self) -> str:
        at = f" ({self.operation.kind} {self.operation.path})" if self.operation else ""
        return f"{self.point}{at}: {'; '.join(self.faults) or 'survived'}"


class Bench:
    """One scenario, made ready once and then disturbed as often as wanted."""

    def __init__(self, commands: Commands, library: Path, folder: Path, scenario: Scenario) -> None:
        self.scenario = scenario
        self._commands = commands
        self._library = library
        self.place = folder / "run"
        self._template = folder / "template"
        self._scratch = folder / "cut"
        self._shadow = folder / "shadow"
        folder.mkdir(parents=True)
        self.place.mkdir()
        made = commands.run(
            "tests.faults.steps:prepare",
            [scenario.name, str(self.place)],
            self.place,
            Disturbance(clock=NOW - DAY),
        )
        assert made.status == 0, made.printed
        self.place.rename(self._template)
        self.lay_out()
        self.undisturbed = self._run(Disturbance())
        assert self.undisturbed.status == 0, self.undisturbed.printed
        self._wanted = contents(self.place)
        self._wanted_timeless = contents(self.place, is_timeless=True)
        self._usual = leftovers(self.place)

    @property
    def operations(self) -> list[Operation]:
        """What the undisturbed command asks of the disk."""
        return self.undisturbed.operations

    def points(self) -> Iterator[Point]:
        """All points of the scenario."""
        name, last = self.scenario.name, len(self.operations)
        for one in self.operations:
            if one.kind in STEPS_KILLED:
                # Nothing happens between the end of one operation and the start of the next.
                yield Point(name, "kill", one.number, "before")
                yield Point(name, "cut", one.number, MODELS[one.number % 3], seed=one.number)
                yield Point(name, "again", one.number, "strict")
            if one.kind in WRITES:
                yield Point(name, "torn", one.number)
            for kind, kinds in (("full", FULL), ("broken", BROKEN)):
                if one.kind in kinds:
                    yield Point(name, kind, one.number, "once")
                    yield Point(name, kind, one.number, "on")
        yield Point(name, "kill", last, "after")
        for model in MODELS:
            yield Point(name, "cut", 0, model)
        for seconds in (-DAY - HOUR, -HOUR, HOUR, DAY):
            yield Point(name, "clock", 0, str(seconds))

    def evenly(self, seed: int) -> list[Point]:
        """All points in an order of chance in which the kinds take turns."""
        chance = random.Random(f"{self.scenario.name} {seed}")
        by_kind: dict[str, list[Point]] = {}
        for one in self.points():
            by_kind.setdefault(one.kind, []).append(one)
        for points in by_kind.values():
            chance.shuffle(points)
        return [one for turn in zip_longest(*by_kind.values()) for one in turn if one]

    def try_point(self, point: Point) -> Verdict:
        """Disturbs the command there, runs it again, and compares."""
        self.lay_out()
        if point.kind in ("cut", "again"):
            return self._try_cut(point)
        ended = self._run(_disturbance(point))
        faults = self.bad_words(ended)
        if point.kind in ("kill", "torn"):
            faults += _not_as_meant(ended, is_killed=True)
        elif ended.status == 0:
            # It was told as done.
            faults += [f"told as done: {one}" for one in self._differences(point)]
        faults += self._again(point)
        return Verdict(point, _operation_of(ended, point), tuple(faults))

    def _try_cut(self, point: Point) -> Verdict:
        disk = Disk(self._library, self.place, self._template, self._shadow)
        is_again = point.kind == "again"
        when = "before" if is_again else "after" if point.at else ""
        ended = self._run(Disturbance(at=point.at, when=when, shadow=self._shadow))
        faults = self.bad_words(ended) + _not_as_meant(ended, is_killed=bool(point.at))
        last = ended
        if is_again:
            last = self._repeat(Disturbance(clock=NOW + 0.4, shadow=self._shadow), faults)
        shutil.rmtree(self._scratch, ignore_errors=True)
        disk.cut(self._scratch, point.when, point.seed)
        shutil.rmtree(self.place)
        self._scratch.rename(self.place)
        if last.status == 0 or DONE_BEFORE in last.printed:
            lost = [f"told as done: {one}" for one in self._differences(point)]
            faults += lost + [f"not on the disk: {one}" for one in disk.unsynced if lost]
        faults += self._again(point)
        return Verdict(point, _operation_of(ended, point), tuple(faults))

    def job(self) -> Job:
        """The command, undisturbed, as one of several that run at the same time."""
        return self.scenario.call, self.scenario.arguments(self.place), Disturbance()

    def run_together(self, jobs: list[Job]) -> list[Ended]:
        """Runs commands at the same time, on the home as it is."""
        return self._commands.run_all(jobs, self.place)

    def differences(self) -> list[str]:
        """What the home holds that an undisturbed run's does not, or the other way round."""
        return differences(contents(self.place), self._wanted)

    def _again(self, point: Point) -> list[str]:
        """What is wrong after the command has been run once more."""
        faults: list[str] = []
        ended = self._repeat(Disturbance(clock=NOW + 0.7), faults)
        found = self._differences(point)
        if found and ended.status:
            faults.append(f"the next run says: {_last_words(ended)}")
        return faults + found + [f"left behind: {one}" for one in self._left_behind()]

    def _repeat(self, disturbance: Disturbance, faults: list[str]) -> Ended:
        """Runs the command as an operator would after a stop: repaired first, if it asks for it."""
        ended = self._run(disturbance)
        faults += self.bad_words(ended)
        if ended.status and "linernotes repair" in ended.printed:
            repair = [["--home", str(self.place / "home"), "repair"]]
            mending = replace(disturbance, clock=disturbance.clock + 0.1)
            repaired = self._commands.run("tests.faults.steps:command", repair, self.place, mending)
            faults += self.bad_words(repaired)
            ended = self._run(replace(disturbance, clock=disturbance.clock + 0.2))
        return ended

    def _differences(self, point: Point) -> list[str]:
        if point.kind == "clock":
            return differences(contents(self.place, is_timeless=True), self._wanted_timeless)
        return differences(contents(self.place), self._wanted)

    def _left_behind(self) -> list[str]:
        return sorted(leftovers(self.place) - self._usual)

    def lay_out(self) -> None:
        """Makes the home anew, as it is before the command."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self._template, self.place, symlinks=True)

    def _run(self, disturbance: Disturbance) -> Ended:
        arguments = self.scenario.arguments(self.place)
        return self._commands.run(self.scenario.call, arguments, self.place, disturbance)

    def bad_words(self, ended: Ended) -> list[str]:
        faults = ["hangs"] if ended.hangs else []
        if UNFORESEEN.search(ended.printed):
            faults.append(f"says: {_last_words(ended)}")
        return faults


@dataclass
class Tried:
    """What a campaign, or a share of it, came to.

    Attributes:
        there_are: How many points a command has of a kind.
        verdicts: Of those that were tried.
    """

    there_are: Counter[tuple[str, str]]
    verdicts: list[Verdict]


def try_evenly(
    names: list[str],
    seed: int,
    share: int,
    shares: int,
    most: int | None = None,
    seconds: float | None = None,
    record: Path | None = None,
) -> Tried:
    """Tries every `shares`-th point, one command and one kind after the other.

    Args:
        names: Of scenarios.
        seed: Of the order.
        share: Which points, from 0.
        shares: Into how many parts the points are cut.
        most: How many points of each command, in all shares; else all.
        seconds: After which no further point is begun.
        record: A file to which each verdict is added; points that it has are not tried again.
    """
    until = None if seconds is None else time.monotonic() + seconds
    tried = Tried(Counter(), [])
    known = {one.point for one in recorded(record)}
    with TemporaryDirectory(prefix="faults-") as folder:
        library = build_shim(Path(folder))
        with Commands(library) as commands:
            queues = []
            for number, name in enumerate(names):
                bench = Bench(commands, library, Path(folder) / str(number), SCENARIOS[name])
                points = bench.evenly(seed)
                tried.there_are.update((name, one.kind) for one in points)
                queues.append([(bench, one) for one in points[:most][share::shares]])
            for turn in zip_longest(*queues):
                for bench, point in filter(None, turn):
                    if point in known:
                        continue
                    if until is None or time.monotonic() < until:
                        verdict = bench.try_point(point)
                        tried.verdicts.append(verdict)
                        if record:
                            _add_to(record, verdict)
                        if verdict.faults:
                            print(verdict, flush=True)
    return tried


def recorded(record: Path | None) -> list[Verdict]:
    """The verdicts in a file; none if there is no file."""
    if record is None or not record.exists():
        return []
    found = []
    for line in record.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        operation = Operation(**one["operation"]) if one["operation"] else None
        found.append(Verdict(Point(**one["point"]), operation, tuple(one["faults"])))
    return found


def _add_to(record: Path, verdict: Verdict) -> None:
    """A line in one write, since several processes add to the file."""
    with record.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(verdict)) + "\n")


def _disturbance(point: Point) -> Disturbance:
    if point.kind == "clock":
        return Disturbance(clock=NOW + float(point.when))
    if point.kind in ("full", "broken"):
        error = "enospc" if point.kind == "full" else "eio"
        return Disturbance(at=point.at, when=error, lasts=point.when == "on")
    return Disturbance(at=point.at, when="torn" if point.kind == "torn" else point.when)


def _not_as_meant(ended: Ended, *, is_killed: bool) -> list[str]:
    """A command that comes to another end than the point has for it tries nothing."""
    if is_killed:
        return [] if ended.was_killed else [f"ended with {ended.status} before it was killed"]
    return [f"ended with {ended.status}: {_last_words(ended)}"] if ended.status else []


def _operation_of(ended: Ended, point: Point) -> Operation | None:
    found: list[Any] = [one for one in ended.operations if one.number == point.at]
    return replace(found[0]) if found else None


def _last_words(ended: Ended) -> str:
    text = " ".join(ended.printed.split())
    found = re.search(r"(Error: .*)|([\w.]*(?:Error|Exception|panicked)\b.*)", text)
    return (found.group(0) if found else text)[:240]
