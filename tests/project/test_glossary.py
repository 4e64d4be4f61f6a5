"""Holds glossary and names together: words of models and commands are all explained.

Small words of grammar and the readers' plain English are not explained.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linernotes.cli.root import ORDER

LAYERS = {"stg", "int", "dim", "fct", "rpt"}
# Words that mean in a name what they mean in any sentence.
PLAIN = {
    *(
        "ai",
        "as",
        "by",
        "of",
        "to",
        "up",
        "again",
        "given",
        "known",
        "near",
        "named",
        "names",
        "chosen",
    ),
    *("chosen", "date", "days", "demo", "repair", "sample", "verify"),
}


@pytest.fixture(scope="module")
def entries(root: Path) -> dict[str, str]:
    """Each word or phrase of the glossary with its meaning."""
    page = (root / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", page, re.MULTILINE)
    return {
        phrase.strip(): meaning
        for phrases, meaning in rows
        if phrases not in {"word", "---"}
        for phrase in phrases.split(",")
    }


def stem(word: str) -> str:
    """A word without the ending of its plural, cut alike for singular and plural."""
    word = word.lower()
    if not word.endswith(("ss", "us", "as")):
        word = word.removesuffix("s")
    return word.removesuffix("ie").removesuffix("y").removesuffix("e")


def explained(entries: dict[str, str]) -> set[str]:
    return {stem(word) for phrase in entries for word in re.findall(r"\w+", phrase)}


def test_glossary_explains_every_word_of_a_models_name(
    models: list[dict[str, Any]], entries: dict[str, str]
) -> None:
    words = {
        word for model in models for word in re.split("_+", model["name"]) if word not in LAYERS
    }

    missing = {word for word in words if stem(word) not in explained(entries)} - PLAIN

    assert len(words) > 150
    assert not missing, f"explain these in docs/glossary.md: {sorted(missing)}"


def test_glossary_explains_every_word_of_a_command(entries: dict[str, str]) -> None:
    words = {word for name in ORDER for word in name.split("-")}

    missing = {word for word in words if stem(word) not in explained(entries)} - PLAIN

    assert not missing, f"explain these in docs/glossary.md: {sorted(missing)}"


def test_glossary_explains_each_word_once(root: Path) -> None:
    page = (root / "docs" / "glossary.md").read_text(encoding="utf-8").split("## Words of money")[0]
    phrases = re.findall(r"^\| ([^|]+?) \|", page, re.MULTILINE)
    words = [word.strip().lower() for phrase in phrases for word in phrase.split(",")]

    assert sorted(words) == sorted(set(words))


# Words that fit any value: a name has to be the noun of what it holds.
VAGUE = {"said", "told", "asked", "astray", "doorstep", "shelf", "stuff", "thing", "untold"}


def names_in(path: Path) -> Iterator[str]:
    """The module, and every function, class, argument, variable and attribute that it binds."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def test_names_of_code_are_nouns_of_the_trade(root: Path) -> None:
    files = [
        path
        for package in ("linernotes", "orchestration", "expectations", "sampleservice")
        for path in (root / package).rglob("*.py")
    ]

    vague = {
        f"{path.relative_to(root)}: {name}"
        for path in files
        for name in names_in(path)
        if VAGUE & {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}
    }

    assert len(files) > 200
    assert not vague, f"name these by what they hold: {sorted(vague)}"
