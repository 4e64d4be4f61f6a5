"""Loads mutants, many at a time, and checks the result of each.

No crash, no hang, no huge file or memory; rows read are loaded, quarantined or duplicate, and are
there; a good file beside them loads; each file gets an answer.
"""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from linernotes.base.settings import Settings
from linernotes.ingestion.feeds import ECB, ERN
from linernotes.ingestion.landing import MANIFEST_ENDING, list_landing
from tests.faults.shim import Commands
from tests.fixtures.intake_home import IntakeHome, party
from tests.fuzz.mutations import Mutant, mutant

AT_ONCE = 60
# CPU time, so that other work of the machine does not count as a hang.
HANG_SECONDS = 10.0
# A load that does not end is stopped, but not a load of a few files on a busy machine.
LEAST_WAITED_FOR = 12
MOST_KILOBYTES = 1 << 20
ROWS = ("read", "loaded", "quarantined", "duplicate")
OUTBREAK = re.compile(r"panicked at|Traceback|unexpected error occurred")
# What can go wrong, in words.
KINDS = {
    "crash": "crashes: a file ends the load",
    "hang": f"hangs: over {HANG_SECONDS:.0f} s of CPU time for a file, or no end",
    "size": "files over 1 GiB that a load writes",
    "memory": "loads over 1 GiB of memory",
    "rows": "files with rows lost, or reported wrongly",
    "beside": "valid files of the same load that do not load",
    "silence": "files without a result, or refused without a reason",
    "opened": "pipes and links that are opened",
    "noise": "files that make a library print messages",
}


@dataclass(frozen=True)
class Fault:
    """A fault of the intake with one mutant; its kind is one of `KINDS`."""

    mutant: Mutant | None
    kind: str
    what: str

    def __str__(self) -> str:
        of = f"{self.mutant.number} {self.mutant.reported}" if self.mutant else "a good file"
        return f"{of}: {self.what}"


@dataclass
class Share:
    """What some of the mutants came to.

    Attributes:
        kinds: How often each kind of fault was found.
        states: The number of files by result.
        rows: Of the files that were loaded: rows read, loaded, quarantined, duplicate.
        seconds: The most of a processor's time that any file took.
        kilobytes: The most memory that any load took.
    """

    faults: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    kilobytes: int = 0

    def add(self, other: "Share") -> None:
        """Puts another share to this one."""
        self.faults += other.faults
        self.kinds += other.kinds
        self.states += other.states
        self.rows += other.rows
        self.seconds = max(self.seconds, other.seconds)
        self.kilobytes = max(self.kilobytes, other.kilobytes)

    def count(self, placed: dict[str, Mutant], lines: list[dict[str, Any]]) -> None:
        """Takes in the answers of one load to the files that were laid."""
        answers = [line for line in lines if line["name"] in placed]
        self.states["not taken as deliveries"] += len(placed) - len(answers)
        for one in answers:
            self.states[one["state"]] += 1
            self.seconds = max(self.seconds, one["seconds"])
            self.kilobytes = max(self.kilobytes, one["kilobytes"])
            if one["state"] == "loaded":
                for name in ROWS:
                    self.rows[name] += one[name]


class Fuzz:
    """Loads mutants into homes below a folder.

    Attributes:
        share: What the mutants came to that were loaded so far.
    """

    def __init__(self, commands: Commands, folder: Path, seed: int) -> None:
        self._commands = commands
        self._folder = folder
        self._seed = seed
        self.share = Share()
        self._template = folder / "template"
        made = commands.run("tests.fuzz.loading:make_home", [str(self._template)], folder)
        assert made.status == 0, made.printed

    def faults(self, numbers: range) -> Iterator[Fault]:
        """What is wrong with the mutants of these numbers."""
        for start in range(numbers.start, numbers.stop, AT_ONCE):
            batch = range(start, min(start + AT_ONCE, numbers.stop))
            yield from self._load([mutant(number, self._seed) for number in batch])

    def _load(self, mutants: list[Mutant]) -> Iterator[Fault]:
        """One load; a mutant that ends it is told, taken out, and the others are loaded anew."""
        waiting = list(mutants)
        while waiting:
            home, reported = self._folder / "home", self._folder / "told"
            shutil.rmtree(home, ignore_errors=True)
            reported.unlink(missing_ok=True)
            shutil.copytree(self._template, home)
            placed = {name: one for one in waiting if (name := _place(home, one))}
            IntakeHome(home).put_rows("catalog/parties/!good.jsonl", party(1))
            IntakeHome(home).put_rows("catalog/parties/~good.jsonl", party(2))
            ended = self._commands.run(
                "tests.fuzz.loading:load",
                [str(home), str(reported)],
                self._folder,
                timeout=HANG_SECONDS * max(len(waiting), LEAST_WAITED_FOR),
            )
            lines = [json.loads(line) for line in reported.read_text().splitlines()]
            whole = lines.pop() if lines and "in_lake" in lines[-1] else None
            if whole is not None:
                if OUTBREAK.search(ended.printed):
                    # Said somewhere in between; whose it is shows when each is loaded alone.
                    if len(waiting) == 1:
                        yield Fault(waiting[0], "noise", f"noise on stderr: {_gist(ended.printed)}")
                    else:
                        yield from self._one_by_one(waiting)
                        return
                self.share.count(placed, lines)
                yield from _wrong(placed, lines, whole, home)
                return
            done = {line["name"] for line in lines}
            arrivals = list_landing(Settings(home=home).landing_root).arrivals
            left = [one.name for one in arrivals if one.name not in done and one.name in placed]
            if not left:
                yield Fault(
                    None, "crash", f"the load ends with {ended.status}: {_gist(ended.printed)}"
                )
                return
            # Deliveries go in this order, so the first without an answer ended the load.
            culprit = placed[left[0]]
            how = "hangs" if ended.hangs else f"ends the load ({ended.status})"
            kind = "hang" if ended.hangs else "crash"
            yield Fault(culprit, kind, f"{how}: {_gist(ended.printed)}")
            waiting.remove(culprit)

    def _one_by_one(self, mutants: list[Mutant]) -> Iterator[Fault]:
        for one in mutants:
            yield from self._load([one])


def try_share(numbers: range, seed: int) -> Share:
    """What the mutants of these numbers come to, in a process of its own."""
    with TemporaryDirectory(prefix="fuzz-") as folder, Commands() as commands:
        fuzz = Fuzz(commands, Path(folder), seed)
        for fault in fuzz.faults(numbers):
            fuzz.share.faults.append(str(fault))
            fuzz.share.kinds[fault.kind] += 1
        return fuzz.share


def _place(home: Path, one: Mutant) -> str | None:
    """Lays a mutant into the landing zone; None where the file system takes no such name."""
    folder = Settings(home=home).landing_root / one.feed
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / one.name
    if one.laid_as == "pipe":
        os.mkfifo(path)
    elif one.laid_as == "link":
        # Its content lies outside of the landing zone: a load of it would be another file's.
        beyond = home / "beyond"
        beyond.mkdir(exist_ok=True)
        (beyond / one.name).write_bytes(one.content)
        path.symlink_to(beyond / one.name)
    else:
        path.write_bytes(one.content)
    if one.manifest is not None:
        path.with_name(one.name + MANIFEST_ENDING).write_bytes(one.manifest)
    return f"{one.feed}/{one.name}"


def _wrong(
    placed: dict[str, Mutant], lines: list[dict[str, Any]], whole: dict[str, Any], home: Path
) -> Iterator[Fault]:
    answers = {line["name"]: line for line in lines}
    for good in ("catalog/parties/!good.jsonl", "catalog/parties/~good.jsonl"):
        answer = answers.get(good, {})
        if (answer.get("state"), answer.get("loaded")) != ("loaded", 1):
            yield Fault(
                None, "beside", f"{good} did not load: {answer.get('state')} {answer.get('reason')}"
            )
    for name, one in placed.items():
        answer = answers.get(name)
        if one.laid_as != "file" and answer is not None:
            yield Fault(one, "opened", f"was opened: {answer['state']}")
        if answer is None:
            if name not in whole["ignored"]:
                yield Fault(one, "silence", "no answer")
            continue
        ended = answer["loaded"] + answer["quarantined"] + answer["duplicate"]
        if answer["state"] == "loaded" and answer["read"] != ended:
            yield Fault(one, "rows", f"{answer['read']} rows read, {ended} accounted for")
        if one.feed not in (ERN, ECB) and answer["loaded"] != whole["in_lake"].get(answer["id"], 0):
            there = whole["in_lake"].get(answer["id"], 0)
            yield Fault(one, "rows", f"{answer['loaded']} rows told as loaded, {there} in the lake")
        if answer["quarantined"] != whole["in_quarantine"].get(answer["id"], 0):
            there = whole["in_quarantine"].get(answer["id"], 0)
            yield Fault(
                one, "rows", f"{answer['quarantined']} rows told as quarantined, {there} there"
            )
        if answer["state"] == "refused" and not (answer["reason"] or "").strip():
            yield Fault(one, "silence", "refused without a reason")
        if answer["seconds"] > HANG_SECONDS:
            yield Fault(one, "hang", f"took {answer['seconds']:.0f} s")
        if answer["kilobytes"] > MOST_KILOBYTES:
            yield Fault(one, "memory", f"took {answer['kilobytes'] >> 10} MiB of memory")
    for path in home.rglob("*"):
        if path.is_file() and path.stat().st_size >= 1 << 30:
            yield Fault(None, "size", f"{path.relative_to(home)} is over 1 GiB")


def _gist(printed: str) -> str:
    lines = [line for line in printed.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"panicked|Error|Exception|overflow", line)]
    return " ".join((telling or lines or ["nothing said"])[-1].split())[:300]
