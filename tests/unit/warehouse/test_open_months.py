"""The first open month, from the ledger's statements and the contracts."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from linernotes.warehouse.open_months import first_open_month

NOW = datetime(2026, 6, 1)
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def month_of(
    folder: Path,
    issued: dict[str, date],
    ends: dict[str, str | None],
    generations: Sequence[tuple[str, str]] = (),
) -> date | None:
    """The first open month.

    Args:
        folder: For the sources.
        issued: The last issued month of each account; its freeze is May 15.
        ends: The end of each contract.
        generations: When each was made, and when it was recorded.
    """
    statements = [
        {"contract_id": name, "report_month": month, "known_at": datetime(2026, 5, 15)}
        for name, month in issued.items()
    ]
    contracts = [
        {
            "contract_id": name,
            "version": 1,
            "valid_from": datetime(2026, 1, 5),
            "valid_to": datetime.fromisoformat(end) if end else None,
            "is_withdrawn": None,
            "recorded_at": recorded_at,
        }
        # The end is known from a correction.
        for name, last in ends.items()
        for end, recorded_at in ((None, datetime(2026, 1, 5)), (last, datetime(2026, 1, 6)))
    ]
    made = [
        {
            "occurred_at": datetime.fromisoformat(occurred_at),
            "recorded_at": datetime.fromisoformat(recorded_at),
            "delivery_id": "d1",
        }
        for occurred_at, recorded_at in generations
    ]
    schema = {"contract_id": pl.String, "report_month": pl.Date, "known_at": pl.Datetime("us")}
    times = dict.fromkeys(("valid_from", "valid_to", "recorded_at"), pl.Datetime("us"))
    for table, rows, types in (
        ("raw_ledger__statements", statements, schema),
        (
            "raw_licensing__contracts",
            contracts,
            {
                "contract_id": pl.String,
                "version": pl.Int64,
                "is_withdrawn": pl.Boolean,
            }
            | times,
        ),
        (
            "raw_ai_usage__generations",
            made,
            {"delivery_id": pl.String}
            | dict.fromkeys(("occurred_at", "recorded_at"), pl.Datetime("us")),
        ),
        (
            "raw_run__late_deliveries",
            [],
            {"delivery_id": pl.String}
            | dict.fromkeys(("recorded_after", "recorded_until", "known_from"), pl.Datetime("us")),
        ),
    ):
        (folder / table).mkdir()
        pl.DataFrame(rows, schema=types).write_parquet(folder / table / "000000.parquet")
    return first_open_month(folder, NOW)


@pytest.mark.parametrize(
    ("issued", "ends", "month"),
    [
        ({}, {"a": None}, JANUARY),
        ({"a": MARCH, "unallocated": MARCH}, {"a": None}, APRIL),
        ({"a": MARCH, "unallocated": MARCH}, {"a": None, "b": None}, JANUARY),
        ({"a": MARCH, "unallocated": FEBRUARY}, {"a": None}, MARCH),
        ({"a": MARCH}, {"a": None}, JANUARY),
        ({"a": MARCH, "b": FEBRUARY, "unallocated": MARCH}, {"a": None, "b": "2026-02-15"}, APRIL),
        # Uses of its last hours are in March in some territories.
        (
            {"a": FEBRUARY, "b": FEBRUARY, "unallocated": FEBRUARY},
            {"a": "2026-03-01", "b": "2026-03-01"},
            MARCH,
        ),
        ({}, {}, None),
    ],
    ids=[
        "nothing_issued",
        "all_issued",
        "contract_without_a_statement",
        "money_without_a_contract_is_behind",
        "money_without_a_contract_never_issued",
        "contract_that_has_ended",
        "contract_that_ends_with_the_month",
        "no_contract",
    ],
)
def test_first_open_month_is_the_first_that_an_account_has_not_issued(
    tmp_path: Path, issued: dict[str, date], ends: dict[str, str | None], month: date | None
) -> None:
    assert month_of(tmp_path, issued, ends) == month


@pytest.mark.parametrize(
    ("occurred_at", "recorded_at", "month"),
    [
        # In the evening of February 28, UTC, it is March in the Pacific.
        ("2026-02-28T20:00:00", "2026-05-20T06:00:00", MARCH),
        ("2026-02-28T20:00:00", "2026-05-14T06:00:00", APRIL),
        ("2026-02-28T09:00:00", "2026-05-20T06:00:00", APRIL),
        ("2026-03-01T00:00:00", "2026-05-20T06:00:00", APRIL),
    ],
    ids=["comes_later", "was_known_at_the_freeze", "before_the_last_hours", "after_the_contract"],
)
def test_month_is_open_again_for_a_use_of_the_last_hours_of_a_contract_that_comes_later(
    tmp_path: Path, occurred_at: str, recorded_at: str, month: date
) -> None:
    issued = {"a": MARCH, "b": FEBRUARY, "unallocated": MARCH}
    ends = {"a": None, "b": "2026-03-01"}
    assert month_of(tmp_path, issued, ends, [(occurred_at, recorded_at)]) == month
