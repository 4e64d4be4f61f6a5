"""Whatever is changed, taken away, put back or written anew in the ledger stops the next issue.

The points are seeded, so that each run tries the same. A sample runs with the other tests; with
`LINERNOTES_FAULTS=all` every point does.
"""

import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linernotes.errors import LinernotesError
from linernotes.settings import Settings
from linernotes.statements import issue, verify_ledger
from linernotes.statements.keys import SigningKey, signing_key
from tests.conftest import build_once
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

POINTS, SAMPLE = 300, 48
ENTRIES = len(MONTHS)
# The file beside the ledger is the forger's too, where the key is.
OUTSIDE = ("file", "packages", "publication", "records")
Tampering = Callable[[Settings, random.Random], object]


@pytest.fixture(scope="session")
def issued_ledger(shared_folder: Path) -> Path:
    return build_once(shared_folder / "issued-ledger", make_issued_ledger)


@pytest.fixture
def settings(issued_ledger: Path, tmp_path: Path) -> Settings:
    """A copy of the home; packages without the files that the ledger never looks at."""
    ignored = shutil.ignore_patterns("*.pdf", "*.xlsx", "*.csv", "*.tsv", ".done")
    home = shutil.copytree(issued_ledger, tmp_path / "home", ignore=ignored)
    return Settings(home=home)


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
    """Takes the last entries away, some or all, and every witness of them but one."""
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
    """Writes the ledger as one of before there were signatures."""
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


def points() -> list[tuple[str, int]]:
    every = [(kind, seed) for kind, (_, count) in KINDS.items() for seed in range(count)]
    assert len(every) == POINTS
    if os.environ.get("LINERNOTES_FAULTS") == "all":
        return every
    # Each kind is in the sample, the more of it there is the more often.
    return [*every[:: POINTS // SAMPLE], *((kind, 1) for kind in KINDS)]


def test_ledger_nobody_touched_holds_and_issues(settings: Settings) -> None:
    """Without this the harness could find fault with everything."""
    assert [str(problem) for problem in verify_ledger(settings)] == []

    issue(settings, NEXT_MONTH, by="Ben")

    assert verify_ledger(settings) == []


def test_ledger_tampered_with_is_found_and_stops_issue(issued_ledger: Path, tmp_path: Path) -> None:
    """All points in one test, so that a run says how many of each kind were missed."""
    ignored = shutil.ignore_patterns("*.pdf", "*.xlsx", "*.csv", "*.tsv", ".done")
    found: Counter[str] = Counter()
    missed = []
    for number, (kind, seed) in enumerate(points()):
        home = shutil.copytree(issued_ledger, tmp_path / str(number), ignore=ignored)
        settings = Settings(home=home)
        KINDS[kind][0](settings, random.Random(f"{kind} {seed}"))
        before = sorted((settings.ledger_root / "issued").glob("*"))

        problems = verify_ledger(settings)
        try:
            issue(settings, NEXT_MONTH, by="Ben")
            stopped = False
        except LinernotesError as reason:
            stopped = "not as it was written" in str(reason)

        if not problems or not stopped:
            missed.append((kind, seed, bool(problems), stopped))
        elif before == sorted((settings.ledger_root / "issued").glob("*")):
            found[kind] += 1
        shutil.rmtree(home)
    assert not missed
    assert found.keys() == KINDS.keys()


def test_ledger_of_version_1_holds_and_is_sealed_by_the_next_entry(settings: Settings) -> None:
    """Ledgers of before there were signatures go on, and cannot be changed after the next issue."""
    as_version_1(settings)
    shutil.rmtree(settings.keys_root)
    leave_witness(settings, "none of them")
    assert [str(problem) for problem in verify_ledger(settings)] == []

    issue(settings, NEXT_MONTH, by="Ben")

    assert [str(problem) for problem in verify_ledger(settings)] == []
    forge_header(settings, 1, random.Random(1))
    rehash(settings, 1)
    assert verify_ledger(settings)
