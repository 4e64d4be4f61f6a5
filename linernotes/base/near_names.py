"""Suggests existing names for one that does not exist, as a sentence at the end of a message.

`ingestion/vocabulary.py` suggests values of feeds, which also have other spellings.
"""

from collections.abc import Iterable
from difflib import get_close_matches

NEAREST = 3
LIKENESS = 0.5


def nearest_names(name: str, known: Iterable[str]) -> str:
    """` Nearest: a, b.`, with a blank before it; empty if no name is similar.

    A name that ends with the requested one, such as a table with its schema, comes before names
    that are spelled similarly.
    """
    names = sorted(known)
    found = [one for one in names if one.endswith(f".{name}") or one.startswith(f"{name}_")]
    found += [one for one in get_close_matches(name, names, NEAREST, LIKENESS) if one not in found]
    return f" Nearest: {', '.join(found[:NEAREST])}." if found else ""
