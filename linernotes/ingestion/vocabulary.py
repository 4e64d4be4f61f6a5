"""The closed lists that a row alone can be held against: places, currencies, codes of removals.

They are read from the seeds, so that the door and the models share one list. Other lists of one
feed alone stand in that feed's contract.
"""

import csv
from collections.abc import Callable
from functools import cache

from linernotes.base.settings import PROJECT_ROOT

WORLD = "WW"


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
    """Countries, the world, and the regions that the seeds name."""
    return tuple(sorted({*countries(), WORLD, *_seed("regions", "region_code")}))


@cache
def currencies() -> tuple[str, ...]:
    """ISO 4217 codes."""
    return _seed("currencies", "currency_code")


@cache
def removal_codes(field: str) -> tuple[str, ...]:
    """The codes of one field of a removal action: the EU's, and the programme's own."""
    return _seed("removal_codes", "code", lambda row: row["field"] == field)


# The EU adds keywords without notice. One that the seed lacks is loaded, and cannot be filed.
CATEGORY_SPECIFICATION_PATTERN = r"^KEYWORD_[A-Z0-9_]+$"
