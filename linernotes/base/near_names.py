"""The names that are meant by one that is not there, as a sentence at the end of a message.

Values of feeds have lists and other spellings of their own: `ingestion/vocabulary.py`.
"""

from collections.abc import Iterable
from difflib import get_close_matches

NEAREST = 3
LIKENESS = 0.5


def nearest_names(name: str, known: Iterable[str]) -> str:
    """` Nearest: a, b.`, with a blank before it; nothing where no name is near.

    A name that ends in the whole of what was asked for, as a table without its schema does, is
    nearer than one that is spelled alike.
    """
    names = sorted(known)
    found = [one for one in names if one.endswith(f".{name}") or one.startswith(f"{name}_")]
    found += [one for one in get_close_matches(name, names, NEAREST, LIKENESS) if one not in found]
    return f" Nearest: {', '.join(found[:NEAREST])}." if found else ""
