"""The definition of a suite: a table, who relies on it, and a list of checks with reasons.

`runner` runs suites, so that importing suites imports no heavy tool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warn"]
Layer = Literal["raw", "reports"]


@dataclass(frozen=True)
class Expectation:
    """One claim about a table.

    Attributes:
        claim: The claim, words joined by `_`; with the table's name it is the check's name.
        kind: Class of `great_expectations.expectations` that checks it.
        arguments: Arguments of that class.
        reason: What goes wrong downstream if it fails, and what to do.
        severity: `error` stops downstream steps, `warn` is only shown.
    """

    claim: str
    kind: str
    arguments: Mapping[str, Any]
    reason: str
    severity: Severity


@dataclass(frozen=True)
class Suite:
    """The expectations of one table.

    Attributes:
        table: The table's name, also the name of the module that holds the suite.
        relied_on_by: A sentence on who relies on the table, and for what.
        expectations: The claims.
    """

    table: str
    relied_on_by: str
    expectations: tuple[Expectation, ...]

    @property
    def layer(self) -> Layer:
        """`raw` for tables of the lake, `reports` for what dbt builds."""
        return "raw" if self.table.startswith("raw_") else "reports"

    def check_name(self, expectation: Expectation) -> str:
        """The name under which results and asset checks are known."""
        return f"{self.table}__{expectation.claim}"


def expect(
    claim: str, kind: str, *, reason: str, severity: Severity = "error", **arguments: Any
) -> Expectation:
    """A check by a built-in expectation.

    Args:
        claim: The claim, words joined by `_`.
        kind: Class name, such as `ExpectColumnValuesToBeBetween`.
        reason: What goes wrong when it failed.
        severity: `error` or `warn`.
        **arguments: Arguments of the class.
    """
    return Expectation(claim, kind, arguments, reason, severity)


def expect_no_rows(
    claim: str, query: str, *, reason: str, severity: Severity = "error"
) -> Expectation:
    """A check by a query for the rows that fail it.

    Args:
        claim: The claim, words joined by `_`.
        query: The rows that must not exist. `{batch}` is the suite's table; other tables have their
        names.
        reason: What goes wrong if there are such rows.
        severity: `error` or `warn`.
    """
    arguments = {"unexpected_rows_query": query, "description": claim.replace("_", " ")}
    return Expectation(claim, "UnexpectedRowsExpectation", arguments, reason, severity)


def expect_rows(*, reason: str) -> Expectation:
    """A check that the table is not empty; a warning, because a home may lack a feed."""
    return expect(
        "has_rows", "ExpectTableRowCountToBeBetween", min_value=1, reason=reason, severity="warn"
    )


def expect_known(
    column: str, table: str, key: str, *, reason: str, is_list: bool = False
) -> Expectation:
    """A check that ids exist in another feed; a warning, because deliveries arrive in any order.

    Args:
        column: The column with the ids, blanks allowed.
        table: The table that should have them.
        key: The column there.
        reason: What the models do with an unknown id, and what to do.
        is_list: Whether a cell holds a list of ids.
    """
    ids = f"unnest({column})" if is_list else column
    return expect_no_rows(
        f"{column}_is_known",
        f"select distinct id from (select {ids} as id from {{batch}} where not is_withdrawn) as ids"
        f" anti join (select {key} as id from {table}) as known using (id) where id is not null",
        reason=reason,
        severity="warn",
    )


def expect_no_personal_columns() -> Expectation:
    """A check that a report has no column that could identify a user."""
    return expect_no_rows(
        "tells_nothing_of_users",
        "select column_name from (describe select * from {batch})"
        " where column_name in ('user_key', 'idempotency_key', 'prompt', 'device_id',"
        " 'occurred_at', 'used_at')",
        reason="A report must not hold a user key, device, exact time or prompt: remove the"
        " column from the model.",
    )
