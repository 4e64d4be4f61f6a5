"""The base of all contracts: columns, key, example, and the hooks that the intake calls.

A feed with special behaviour overrides a hook; the intake has no code for single feeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col

SIDES = ("MASTER", "WORK")
TIERS = ("paid_addon", "free_allowance", "ad_supported")
USE_TYPES = ("remix", "cover", "mashup", "voice_clone", "style", "stem", "lyric", "training")


@dataclass(frozen=True)
class WeightSet:
    """Rows whose weights are checked together: one fault rejects all of them.

    Attributes:
        key: The columns that identify a set.
        member: The column that identifies a row of a set; its latest version counts.
        weight: The column of the weight; the sum of a set is at most one.
    """

    key: tuple[str, ...]
    member: str
    weight: str


@dataclass(frozen=True)
class NestedRows:
    """Rows inside one cell of a feed, with their own contract and table.

    Attributes:
        column: The column of the cell.
        contract: The contract of its rows.
        rows: Returns the parts of typed rows of the feed as texts, with `row_number`.
        key: The columns that are unique among the parts of a row.
    """

    column: str
    contract: "type[Contract]"
    rows: Callable[[pl.DataFrame], pl.DataFrame]
    key: tuple[str, ...]


class Contract(dy.Schema):
    """The contract of a feed. The docstring of a contract describes a row of its feed."""

    TABLE: ClassVar[str]
    # Identifies one thing, whose versions differ in `recorded_at`.
    KEY: ClassVar[tuple[str, ...]]
    # More bad rows than this, in a file of 100 rows or more, refuse the file.
    BAD_ROWS_PERCENT: ClassVar[int] = 5
    FORMS: ClassVar[tuple[str, ...]] = (".csv", ".jsonl", ".parquet")
    # A valid row, as a sender would write it in JSON.
    EXAMPLE: ClassVar[dict[str, Any]] = {}
    # What to do about each of the feed's own rules, by the rule's name.
    ADVICE: ClassVar[dict[str, str]] = {}
    # Columns that no later version of a key may change.
    FIXED: ClassVar[tuple[str, ...]] = ()
    WEIGHTS: ClassVar[WeightSet | None] = None
    NESTED: ClassVar[NestedRows | None] = None

    row_number = col.row_number()
    recorded_at = col.time(
        "When the source system recorded this row. A later time makes a new version of the key.",
        required=True,
        event=True,
    )
    is_withdrawn = col.boolean(
        "Whether this version withdraws the row.", required=True, default=False
    )

    @classmethod
    def laid_out(cls, sent: dict[str, Any]) -> dict[str, Any]:
        """One JSON object as the columns of the feed."""
        return sent

    @classmethod
    def object_of(cls, name: str) -> tuple[str, str] | None:
        """The object and key in which JSON has a column; None if the column is itself a key."""
        return None

    @classmethod
    def completed(cls, rows: pl.DataFrame) -> pl.DataFrame:
        """Typed rows, after changes that the feed requires, before they are checked."""
        return rows

    @classmethod
    def json_properties(cls, properties: dict[str, Any]) -> dict[str, Any]:
        """The properties of a JSON object of the feed, from those of its columns."""
        return properties

    @classmethod
    @cache
    def traits(cls) -> dict[str, col.Traits]:
        """The properties of each column for the intake, beyond its rules."""
        return {name: (column.metadata or {})["traits"] for name, column in cls.columns().items()}

    @classmethod
    def feed_columns(cls) -> list[str]:
        """The columns that the sender delivers."""
        return [name for name, traits in cls.traits().items() if traits.kind != "derived"]

    @classmethod
    def required_columns(cls) -> list[str]:
        """The columns without which a file is refused."""
        columns, traits = cls.columns(), cls.traits()
        return [
            name
            for name in cls.feed_columns()
            if not columns[name].nullable and traits[name].default is None
        ]


class Period(Contract):
    """A feed whose rows are valid from a time, and until another if there is one."""

    @dy.rule()
    def valid_to_before_valid_from(cls) -> pl.Expr:
        return pl.col("valid_to") >= pl.col("valid_from")
