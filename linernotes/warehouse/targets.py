"""The targets of the promises, and the known events that explain a figure.

Both are files of a home, `targets.toml` and `events.csv`. The models compute the verdicts.
"""

import csv
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings

# The targets of a home without its own.
SHIPPED = Path(__file__).with_name("targets.toml")
# The measures of each promise; the first is its headline.
MEASURES = {
    "agreements": (
        "licensed_use_share",
        "licensed_money_share",
        "unlicensed_launch_count",
        "unlicensed_training_count",
    ),
    "choice": ("consented_use_share",),
    "pay": ("paid_share", "held_long_share", "timely_statement_share"),
    "credit": ("credit_coverage",),
    "connection": ("source_lift",),
}
# Measures for which less is better.
AT_MOST = ("unlicensed_launch_count", "unlicensed_training_count", "held_long_share")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("write the number in quotes, so that it is exact")
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact), Field(max_digits=18, decimal_places=6)]


class Target(BaseModel):
    """A target that is valid from a day on.

    Attributes:
        promise: Which of the five promises.
        measure: Which of its measures.
        target: The target value: a share of 1, or a count.
        tolerated: The limit up to which a miss is a risk; beyond it the promise is broken.
        owner: The person or team responsible.
        valid_from: First day of validity.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    promise: Literal["agreements", "choice", "pay", "credit", "connection"]
    measure: str
    target: Exact
    tolerated: Exact
    owner: str = Field(min_length=1, max_length=80)
    valid_from: date

    @model_validator(mode="after")
    def _is_of_its_promise(self) -> Self:
        known = MEASURES[self.promise]
        if self.measure not in known:
            raise ValueError(
                f"{self.measure!r} is not a measure of {self.promise}, which has {', '.join(known)}"
            )
        is_looser = (
            self.tolerated >= self.target
            if self.measure in AT_MOST
            else self.tolerated <= self.target
        )
        if not is_looser:
            raise ValueError(f"tolerated ({self.tolerated}) is stricter than {self.target}")
        return self


class KnownEvent(BaseModel):
    """An event that explains a figure: when it happened, and what it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    title: str = Field(min_length=1, max_length=80)


def read_targets(settings: Settings) -> list[Target]:
    """The targets of a home, or those that are shipped if it has none.

    Raises:
        LinernotesError: if the file cannot be read as targets.
    """
    file = settings.home / "targets.toml"
    file = file if file.exists() else SHIPPED
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        targets = [Target(**entry) for entry in found.pop("targets", [])]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise LinernotesError(f"{file} is not a list of targets: {error}.") from None
    except ValidationError as found_wrong:
        raise LinernotesError(f"{file}: {_reasons(found_wrong)}.") from None
    if found:
        raise LinernotesError(f"{file} has {', '.join(found)}, but only [[targets]] is supported.")
    days = [(target.measure, target.valid_from) for target in targets]
    if twice := next((day for day in days if days.count(day) > 1), None):
        raise LinernotesError(f"{file} has two targets for {twice[0]} from {twice[1]}: keep one.")
    return targets


def read_known_events(settings: Settings) -> list[KnownEvent]:
    """The known events of a home: `events.csv` with the columns `date` and `title`, if it is there.

    Raises:
        LinernotesError: if the file cannot be read as events.
    """
    file = settings.home / "events.csv"
    if not file.exists():
        return []
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            events = [KnownEvent(**row) for row in csv.DictReader(opened, strict=True)]
    except (UnicodeDecodeError, csv.Error, TypeError) as error:
        raise LinernotesError(f"{file} is not a CSV file of events: {error}.") from None
    except ValidationError as found_wrong:
        raise LinernotesError(f"{file}: {_reasons(found_wrong)}.") from None
    return list(dict.fromkeys(events))


def _reasons(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'a target'}: "
        f"{one['msg'].removeprefix('Value error, ')}"
        for one in error.errors()
    )
