"""Checks a bundle of evidence with nothing but Python 3: hashes, rows and the ledger's chain.

Run it in the bundle's folder. It is copied into each bundle, so it imports only the standard
library.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

NOTHING_BEFORE = "0" * 64
ENTRY = ("entry.json", "entry.sha256")


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems_of(folder: Path) -> list[str]:
    """The faults; empty if there are none."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["name"]: file for file in manifest["files"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    found = [
        f"{name} is not in the manifest" for name in sorted(there - {*listed, "manifest.json"})
    ]
    for name, file in listed.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif sha256(path) != file["sha256"]:
            found.append(f"{name} was changed")
    for name, rows in manifest["rows"].items():
        path = folder / f"{name}.csv"
        if rows and path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                count = sum(1 for _ in csv.reader(file)) - 1
            if count != rows:
                found.append(f"{name}.csv has {count} rows, not {rows}")
    for chain in ("issued", "incidents"):
        found += chain_problems(folder / "ledger" / chain)
    return found


def chain_problems(root: Path) -> list[str]:
    """Entries that do not follow the previous one, or differ from their seal."""
    found, previous = [], {NOTHING_BEFORE}
    entries = sorted(root.iterdir()) if root.is_dir() else []
    for number, entry in enumerate(entries, start=1):
        if lacking := [name for name in ENTRY if not (entry / name).is_file()]:
            found += [f"{root.name}/{entry.name}/{name} is missing" for name in lacking]
            previous = set()
            continue
        content = json.loads((entry / "entry.json").read_text(encoding="utf-8"))
        digest = sha256(entry / "entry.json")
        follows = not previous or content["previous_sha256"] in previous
        if content["sequence"] != number or not follows:
            found.append(f"{root.name}/{entry.name} does not follow the entry before it")
        if digest not in (entry / "entry.sha256").read_text(encoding="utf-8"):
            found.append(f"{root.name}/{entry.name} is not what its seal says")
        previous = {digest}
    return found


def main() -> int:
    """Prints the faults; the exit status is 0 if there are none."""
    found = problems_of(Path(__file__).resolve().parent)
    for problem in found:
        print(problem)
    if not found:
        print("All files are as the manifest says, and the ledger's chain holds.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
