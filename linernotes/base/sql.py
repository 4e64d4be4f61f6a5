"""Texts and paths inside SQL. What is asked with them is decided elsewhere."""

from pathlib import Path


def literal(text: str | Path) -> str:
    """A text or a path as a literal of SQL, in quotes."""
    return f"'{escaped(text)}'"


def escaped(text: str | Path) -> str:
    """A text or a path as it stands between the quotes of a literal."""
    return str(text).replace("'", "''")
