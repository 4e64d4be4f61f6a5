"""Holds phrases that were replaced out of everything that people read, code included.

`tests/unit/dashboard/test_wording.py` has further phrases for the dashboard's own texts.
"""

import re
from pathlib import Path

import pytest

# Personified tables, riddles, and phrases that translate another language word by word.
RETIRED = (
    r"(at|through|past|reached|why|of) the door\b",
    r"the door (let|should|said|says|takes|turns)",
    r"\b(is|are|was|be) told\b",
    r"\b[Tt]old (nobody|by itself)",
    r"\bstands? (twice|in the statement|on the statement|beside every|with each)",
    r"\bgoes by now\b",
    r"\bdo(es)? not hold[;:.,\"]",
    r"\bis to know\b",
    r"\bleaves here\b",
    r"\b(came|come|comes) out otherwise\b",
    r"\bturned away\b",
    r"\btakes? (the row|the decision|a row) back\b",
    r"\btaken-back\b",
    r"\bwhat (came|became) of (it|them|each)\b",
    r"\bfor want of\b",
    r"\bsave for\b",
    r"\bhow-manieth\b",
    r"\bin the one of before\b",
    r"\bspeaks? for (each other|nobody|all)\b",
    r"\b(whole|exact) and for the house\b",
    r"\bgoes on where this stopped\b",
)
FOLDERS = (
    *("linernotes", "orchestration", "expectations", "sampleservice", "benchmarks"),
    *("models", "macros", "seeds", "docs", "deploy"),
)
# Decisions are kept as they were made.
KEPT = ("docs/decisions/", "docs/notebooks/")


def texts_of(path: Path) -> str:
    """The text of a file on one line, without the marks of its comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(re.sub(r"^\s*(--|#) ", "", line).strip() for line in lines)


@pytest.mark.parametrize(
    ("text", "is_retired"),
    [
        ("One row that was turned away.", True),
        ("One row that was rejected.", False),
        ("This is told once.", True),
        ("Told in the ledger's file told.json.", False),
    ],
)
def test_retired_phrase_is_found(text: str, is_retired: bool) -> None:
    assert bool([one for one in RETIRED if re.search(one, text)]) is is_retired


def test_texts_of_the_project_have_no_retired_phrase(root: Path, project_files: list[Path]) -> None:
    files = [
        path
        for path in project_files
        if (name := path.relative_to(root).as_posix()).startswith(
            tuple(f"{one}/" for one in FOLDERS)
        )
        and not name.startswith(KEPT)
        and path.suffix in {".py", ".sql", ".yml", ".md", ".typ", ".yaml"}
    ] + [root / "README.md", root / "CONTRIBUTING.md", root / ".env.example"]

    found = [
        f"{path.relative_to(root)}: {match[0]}"
        for path in files
        for text in [texts_of(path)]
        for one in RETIRED
        for match in re.finditer(one, text)
    ]

    assert len(files) > 500
    assert not found, "write these in plain English:\n" + "\n".join(found)
