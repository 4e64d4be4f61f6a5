"""Quotes texts and paths in SQL. This module has no queries."""

from collections.abc import Iterable
from pathlib import Path


def literal(text: str | Path) -> str:
    """A text or a path as a literal of SQL, in quotes."""
    return f"'{escaped(text)}'"


def literals(texts: Iterable[str | Path]) -> str:
    """Several texts or paths as literals, separated by commas."""
    return ", ".join(map(literal, texts))


def escaped(text: str | Path) -> str:
    """A text or a path, escaped for use between the quotes of a literal."""
    return str(text).replace("'", "''")
