"""Tampers with an issued ledger at seeded points, and counts what is found and what stops an issue.

`python -m tests.faults.tampering [--out FILE]` tries all points.
"""

import argparse
import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.keys import SigningKey, signing_key
from linernotes.ledger.verification import verify_ledger
from linernotes.statements import issue
from tests.fixtures.issued_ledger import (
    MONTHS,
    NEXT_MONTH,
    as_version_1,
    edit_rows,
    entry_folder,
    fit_statements,
    leave_witness,
    make_issued_ledger,
    read_entry,
    rehash,
    witnesses,
    write_headers,
)

ENTRIES = len(MONTHS)
# The file beside the ledger is the forger's too, where the key is.
OUTSIDE = ("file", "packages", "publication", "records")
# Files of packages at which the ledger never looks.
_UNREAD = shutil.ignore_patterns("*.pdf", "*.xlsx", "*.csv", "*.tsv", ".done")
Tampering = Callable[[Settings, random.Random], object]


def copy_of(issued_ledger: Path, home: Path) -> Settings:
    """A home to tamper with."""
    return Settings(home=shutil.copytree(issued_ledger, home, ignore=_UNREAD))


def evidence(settings: Settings) -> list[Path]:
    """Every file that stands for what is issued."""
    issued = sorted(path for path in (settings.ledger_root / "issued").rglob("*") if path.is_file())
    listed = [
        settings.ledger_root / one["name"]
        for number in range(1, ENTRIES + 1)
        for one in read_entry(settings, number)["evidence"]
    ]
    return [*issued, *listed]


def flip(settings: Settings, chance: random.Random) -> None:
    path = chance.choice(evidence(settings))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(settings: Settings, chance: random.Random) -> None:
    path = chance.choice(evidence(settings))
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def lengthen(settings: Settings, chance: random.Random) -> None:
    path = chance.choice(evidence(settings))
    path.write_bytes(path.read_bytes() + chance.randbytes(1 + chance.randrange(9)))


def delete(settings: Settings, chance: random.Random) -> None:
    chance.choice(evidence(settings)).unlink()


def swap_files(settings: Settings, chance: random.Random) -> None:
    """Puts a file of one entry, or of one draft, in the place of another's of the same kind."""
    paths = evidence(settings)
    one = chance.choice(paths)
    other = chance.choice(
        [path for path in paths if path.suffix == one.suffix and path.parent != one.parent]
    )
    first, second = one.read_bytes(), other.read_bytes()
    if first == second:  # both are empty of rows
        first += b"\n"
    one.write_bytes(second)
    other.write_bytes(first)


def swap_entries(settings: Settings, chance: random.Random) -> None:
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    aside = settings.home / "aside"
    entry_folder(settings, one).rename(aside)
    entry_folder(settings, other).rename(entry_folder(settings, one))
    aside.rename(entry_folder(settings, other))
    if chance.random() < 0.5:
        rehash(settings, 1, change=lambda entry: entry.update(sequence=1))


def replay(settings: Settings, chance: random.Random) -> None:
    """Adds an old entry at the end, as it is or as the newest."""
    number = ENTRIES + 1
    shutil.copytree(
        entry_folder(settings, chance.randrange(1, number)), entry_folder(settings, number)
    )
    if chance.random() < 0.7:
        rehash(
            settings, number, _key(settings, chance), lambda entry: entry.update(sequence=number)
        )


def insert(settings: Settings, chance: random.Random) -> None:
    name = chance.choice(["000002x", "note.txt", "9", "000003/more.parquet", "000001/.hidden"])
    (settings.ledger_root / "issued" / name).write_text("")


def roll_back(settings: Settings, chance: random.Random) -> None:
    """Deletes the last entries, some or all, and all copies of their heads but one."""
    for number in range(chance.randrange(1, ENTRIES + 1), ENTRIES + 1):
        shutil.rmtree(entry_folder(settings, number))
    leave_witness(settings, chance.choice(OUTSIDE))


def empty(settings: Settings, chance: random.Random) -> None:
    """Takes the whole ledger away, or only what is issued; sometimes the key with it."""
    folder = chance.choice([settings.ledger_root, settings.ledger_root / "issued"])
    kept = settings.home / "kept"
    shutil.move(settings.ledger_root, kept)
    shutil.copytree(kept, settings.ledger_root)
    shutil.rmtree(folder)
    if chance.random() < 0.5:
        shutil.rmtree(settings.keys_root)
    leave_witness(settings, chance.choice(OUTSIDE))


def branch_off(settings: Settings, chance: random.Random) -> None:
    """Rolls back the last entry and has the very code issue the month a second time."""
    shutil.rmtree(entry_folder(settings, ENTRIES))
    aside = {name: path.rename(settings.home / name) for name, path in witnesses(settings).items()}
    issue(settings, MONTHS[-1], chance.choice([None, "wave"]), by="Mallory")
    settings.ledger_head_file.unlink()
    for name, path in witnesses(settings).items():
        aside[name].rename(path)
    leave_witness(settings, chance.choice(OUTSIDE))


def link(settings: Settings, chance: random.Random) -> None:
    """Puts a link in the place of a file or folder, to the very same bytes."""
    folders = [entry_folder(settings, 1), settings.ledger_root / "issued", settings.ledger_root]
    path = chance.choice([*evidence(settings), *folders])
    target = settings.home / "elsewhere"
    path.rename(target)
    path.symlink_to(target)


def forge(settings: Settings, chance: random.Random) -> None:
    """Changes a figure or a name and makes all that can be computed fit: sums, seals, the chain.

    It is signed with nothing, with a key of the forger's, or with the service's own. One witness is
    left, which in the last case is all that tells.
    """
    number = chance.randrange(1, ENTRIES + 1)
    chance.choice(FORGERIES)(settings, number, chance)
    key = _key(settings, chance)
    is_own = key is not None and key.public_key == read_entry(settings, 1)["public_key"]
    leave_witness(settings, chance.choice(OUTSIDE[is_own:]))
    rehash(settings, number, key)


def _key(settings: Settings, chance: random.Random) -> SigningKey | None:
    foreign = SigningKey(Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)))
    return chance.choice([None, foreign, signing_key(settings)])


def forge_amount(settings: Settings, number: int, chance: random.Random) -> None:
    where = "line_type = 'USAGE' and hold_bucket is null and partner_id = 'tune'"
    path = entry_folder(settings, number) / "lines.parquet"
    edit_rows(path, path.name, {"amount": "amount + 1"}, where)
    entry = read_entry(settings, number)
    fit_statements(settings, number, entry)


def forge_header(settings: Settings, number: int, chance: random.Random) -> None:
    """The same closing, paid instead of carried."""
    entry = read_entry(settings, number)
    totals = chance.choice([one for one in entry["statements"] if one["partner_id"]])["totals"]
    totals["payable_amount"], totals["carried_amount"] = "0.00", totals["payable_amount"]
    write_headers(settings, number, entry)


def forge_person(settings: Settings, number: int, chance: random.Random) -> None:
    entry = read_entry(settings, number)
    name = chance.choice(["issued_by", "drafted_by", "approved_by", "approved_at", "drafted_at"])
    for one in entry["statements"] if name != "issued_by" else [entry]:
        one[name] = "2026-01-01T00:00:00Z" if name.endswith("_at") else "Mallory"
    write_headers(settings, number, entry)


def forge_uses(settings: Settings, number: int, chance: random.Random) -> None:
    path = entry_folder(settings, number) / "uses.parquet"
    change = chance.choice(
        [{"weight_nano": "weight_nano + 1"}, {"quantity": "quantity * 2"}, {"use_id": "'use'"}]
    )
    edit_rows(path, path.name, change)


def forge_pools(settings: Settings, number: int, chance: random.Random) -> None:
    path = entry_folder(settings, number) / "pools.parquet"
    change = chance.choice(
        [{"net_amount": "net_amount + 1"}, {"payable_amount": "0"}, {"total_quantity": "1"}]
    )
    edit_rows(path, path.name, change)


def forge_approval(settings: Settings, number: int, chance: random.Random) -> None:
    """Draft and approval are changed, and the entry lists them as they now are."""
    kind = chance.choice(["draft", "approval"])
    entry = read_entry(settings, number)
    listed = [one for one in entry["evidence"] if one["kind"] == kind]
    path = settings.ledger_root / chance.choice(listed)["name"]
    content = json.loads(path.read_text())
    content["drafted_by" if kind == "draft" else "approved_by"] = "Mallory"
    path.write_text(json.dumps(content))


def forge_evidence(settings: Settings, number: int, chance: random.Random) -> None:
    """The files beside a draft are changed along with those of the entry."""
    kind = chance.choice(["uses", "pools"])
    column = {"uses": "quantity", "pools": "subscribers"}[kind]
    entry = read_entry(settings, number)
    listed = [one["name"] for one in entry["evidence"] if one["kind"] == kind]
    for path in (
        entry_folder(settings, number) / f"{kind}.parquet",
        *(settings.ledger_root / name for name in listed),
    ):
        edit_rows(path, f"{kind}.parquet", {column: "7"})


def downgrade(settings: Settings, chance: random.Random) -> None:
    """Writes the ledger as one without signatures."""
    as_version_1(settings)
    leave_witness(settings, chance.choice(OUTSIDE))


FORGERIES = (
    forge_amount,
    forge_header,
    forge_person,
    forge_uses,
    forge_pools,
    forge_approval,
    forge_evidence,
)
KINDS: dict[str, tuple[Tampering, int]] = {
    "flip": (flip, 80),
    "cut": (cut, 15),
    "lengthen": (lengthen, 10),
    "delete": (delete, 25),
    "swap of files": (swap_files, 25),
    "swap of entries": (swap_entries, 10),
    "replay": (replay, 20),
    "insert": (insert, 5),
    "rollback": (roll_back, 25),
    "empty": (empty, 10),
    "branch": (branch_off, 5),
    "link": (link, 10),
    "forgery": (forge, 55),
    "downgrade": (downgrade, 5),
}


# What is done, in words.
WORDS = {
    "flip": "one bit of a file flipped",
    "cut": "a file cut short",
    "lengthen": "bytes added to a file",
    "delete": "a file deleted",
    "swap of files": "two files swapped",
    "swap of entries": "two entries swapped",
    "replay": "an old entry added as the newest",
    "insert": "a file added",
    "rollback": "the last entries deleted, and all copies of their heads but one",
    "empty": "the whole ledger deleted, or all entries",
    "branch": "the last month issued a second time, by the program itself",
    "link": "a file or folder replaced by a link to the same bytes",
    "forgery": "figures or names changed, and sums, seals, chain and signature made to fit",
    "downgrade": "written anew as a ledger without signatures",
}


@dataclass(frozen=True)
class Verdict:
    """What became of one point.

    Attributes:
        kind: Of tampering.
        seed: The same number of a kind tampers with the same each time.
        is_found: Whether `verify --ledger` finds fault with the ledger.
        is_stopped: Whether the next issue says that the ledger was changed, and writes no
            entry.
    """

    kind: str
    seed: int
    is_found: bool
    is_stopped: bool


def every_point() -> list[tuple[str, int]]:
    """Kinds of tampering with their seeds."""
    return [(kind, seed) for kind, (_, count) in KINDS.items() for seed in range(count)]


def try_points(
    issued_ledger: Path, folder: Path, points: Sequence[tuple[str, int]]
) -> Iterator[Verdict]:
    """Tampers at each point with a copy of the ledger that `make_issued_ledger` made."""
    for kind, seed in points:
        settings = copy_of(issued_ledger, folder / "home")
        KINDS[kind][0](settings, random.Random(f"{kind} {seed}"))
        before = sorted((settings.ledger_root / "issued").glob("*"))
        is_found = bool(verify_ledger(settings))
        try:
            issue(settings, NEXT_MONTH, by="Ben")
            is_stopped = False
        except LinernotesError as reason:
            is_stopped = "was changed, so nothing more is issued" in str(reason)
        is_stopped &= before == sorted((settings.ledger_root / "issued").glob("*"))
        yield Verdict(kind, seed, is_found, is_stopped)
        shutil.rmtree(settings.home)


def main() -> int:
    """Ends with 1 if anything was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.tampering")
    parser.add_argument("--out", type=Path, help="where the figures go, as Markdown")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="tampering-") as name:
        folder = Path(name)
        make_issued_ledger(folder / "ledger")
        verdicts = list(try_points(folder / "ledger", folder, every_point()))
    reported = "\n".join(_reported(verdicts)) + "\n"
    print(reported, end="")
    if given.out:
        given.out.write_text(reported, encoding="utf-8")
    return 0 if all(one.is_found and one.is_stopped for one in verdicts) else 1


def _reported(verdicts: list[Verdict]) -> Iterator[str]:
    """The figures as Markdown."""
    found = Counter(one.kind for one in verdicts if one.is_found)
    stopped = Counter(one.kind for one in verdicts if one.is_stopped)
    yield "# A ledger tampered with"
    yield ""
    yield "`make faults` writes this file. At each point a copy of a ledger of three issued months"
    yield "is changed; then `linernotes verify --ledger` must find it, and the next issue must stop"
    yield "and write nothing."
    yield ""
    yield f"Points: {len(verdicts)}. Found by verify: {found.total()}."
    yield f"Issue stopped: {stopped.total()}."
    yield ""
    yield "| what is done | points | found by verify | issue stopped |"
    yield "| --- | ---: | ---: | ---: |"
    for kind, (_, count) in KINDS.items():
        yield f"| {WORDS[kind]} | {count} | {found[kind]} | {stopped[kind]} |"
    missed = [one for one in verdicts if not (one.is_found and one.is_stopped)]
    if missed:
        yield ""
        yield "Missed:"
        yield ""
        yield from (f"- {one}" for one in missed)


if __name__ == "__main__":
    sys.exit(main())
