"""Holds that comments are filled: a formatter or a rename leaves single words on a line.

What a comment should say is in CONTRIBUTING.md; docstrings are prose of their own.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

# The mark of a comment, and the widest line of a file.
STYLES = {".sql": ("-- ", 88), ".py": ("# ", 100)}
# Lists, and directions to tools, have lines of their own.
OWN_LINE = re.compile(r"[-*] |\d+\. | |type:|noqa|ruff:|fmt:|ty:")
END_OF_SENTENCE = re.compile(r"[.:;?!]\)?$")


def torn_lines(text: str, mark: str, width: int) -> Iterator[int]:
    """Numbers of comment lines that end before they are full, within a sentence."""
    for number, (line, after) in enumerate(pairwise(text.splitlines()), 1):
        start = line[: len(line) - len(line.lstrip())] + mark
        if not (line.startswith(start) and after.startswith(start)):
            continue
        stated, next_said = line.removeprefix(start), after.removeprefix(start)
        if any("{" in one or OWN_LINE.match(one) for one in (stated, next_said)):
            continue
        fits = len(line) + 1 + len(next_said.split(" ")[0]) <= width
        if fits and not END_OF_SENTENCE.search(stated):
            yield number


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        ("-- One row per\n-- use.\nselect 1", [1]),
        ("-- One row per use.\n-- A view.\nselect 1", []),
        ("select\n    -- the first\n    -- of all\n    a", [2]),
        ("-- in order:\n-- - one\n-- - two", []),
        ("-- one\n    -- two", []),
    ],
)
def test_comment_that_is_torn_is_found(text: str, torn: list[int]) -> None:
    assert list(torn_lines(text, *STYLES[".sql"])) == torn


def test_comments_are_filled(root: Path, project_files: list[Path]) -> None:
    files = [path for path in project_files if path.suffix in STYLES]

    torn = [
        f"{path.relative_to(root)}:{number}: fill this comment"
        for path in files
        for number in torn_lines(path.read_text(encoding="utf-8"), *STYLES[path.suffix])
    ]

    assert len(files) > 500
    assert not torn, "\n".join(torn)
