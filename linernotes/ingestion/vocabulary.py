"""The closed lists against which a row is checked: places, currencies, codes of removals.

They are read from the seeds, so that the intake and the models share one list. A list for only one
feed is in that feed's contract.
"""

import csv
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache

from linernotes.base.near_names import LIKENESS, NEAREST
from linernotes.base.settings import PROJECT_ROOT

WORLD = "WW"
# Lists up to this length are quoted in full.
SHORT_LIST = 12
# Common spellings of places that are not codes.
_OTHER_NAMES = {"UK": "GB", "EL": "GR", "WORLD": WORLD, "WORLDWIDE": WORLD, "GLOBAL": WORLD}


def _seed(
    name: str, column: str, is_wanted: Callable[[dict[str, str]], bool] = lambda row: True
) -> tuple[str, ...]:
    with (PROJECT_ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(sorted({row[column] for row in csv.DictReader(lines) if is_wanted(row)}))


@cache
def countries() -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes."""
    return _seed("territories", "territory")


@cache
def territories() -> tuple[str, ...]:
    """The codes of countries, the world, and the regions in the seeds."""
    return tuple(sorted({*countries(), WORLD, *_seed("regions", "region_code")}))


@cache
def currencies() -> tuple[str, ...]:
    """ISO 4217 codes."""
    return _seed("currencies", "currency_code")


@cache
def removal_codes(field: str) -> tuple[str, ...]:
    """The codes of one field of a removal action: the EU's, and our own."""
    return _seed("removal_codes", "code", lambda row: row["field"] == field)


# The EU adds keywords without notice. One that the seed lacks is loaded, but cannot be filed.
CATEGORY_SPECIFICATION_PATTERN = r"^KEYWORD_[A-Z0-9_]+$"


@cache
def _names() -> dict[str, str]:
    """Codes of countries and currencies by their other names, in capitals."""
    names = dict(_OTHER_NAMES)
    for seed, code, name in (
        ("territories", "territory", "territory_name"),
        ("currencies", "currency_code", "currency_name"),
    ):
        with (PROJECT_ROOT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as lines:
            names |= {row[name].upper(): row[code] for row in csv.DictReader(lines)}
    return names


def _bare(value: str) -> str:
    """A value without separators of words."""
    return "".join(one for one in value.upper() if one.isalnum())


def nearest(value: str, allowed: tuple[str, ...]) -> str:
    """A sentence with the values of a closed list that a value not on it may mean.

    A short list is quoted in full; of a long list, the most similar values.
    """
    wanted = value.strip().upper()
    meant = [one for one in allowed if _bare(one) == _bare(wanted) != ""]
    if not meant and (named := _names().get(wanted)) in allowed:
        meant = [str(named)]
    if meant:
        return f"send {meant[0]}"
    if len(allowed) <= SHORT_LIST:
        return f"allowed: {', '.join(allowed)}"
    by_spelling = {one.upper(): one for one in allowed}
    found = [by_spelling[one] for one in get_close_matches(wanted, by_spelling, NEAREST, LIKENESS)]
    return f"nearest: {', '.join(found)}" if found else "nothing on it is near"
