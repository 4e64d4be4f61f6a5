"""The content of logs and messages about an error: its place in the code, but no row values."""

import errno
from pathlib import Path
from types import FunctionType

import duckdb
import polars as pl
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.unforeseen import account_of, kind_of
from linernotes.cli.console import complain_of_defect
from linernotes.warehouse.dbt import message_of, without_values
from linernotes.warehouse.failing_rows import first_rows

PERSON = "ada.lovelace@example.org"


def convert_in_python() -> None:
    int(PERSON)


def look_up() -> None:
    _ = {}[PERSON]


def convert_in_duckdb() -> None:
    query = f"select cast(who as integer) from (values ('{PERSON}')) as rows (who)"
    duckdb.connect().execute(query).fetchall()


def convert_in_polars() -> None:
    pl.Series([PERSON]).cast(pl.Int64)


def open_a_file() -> None:
    raise OSError(errno.ENOSPC, f"no space for the row of {PERSON}")


def fail_after_another() -> None:
    try:
        look_up()
    except KeyError as error:
        raise RuntimeError(f"no row of {PERSON}") from error


FAULTS = [
    convert_in_python,
    look_up,
    convert_in_duckdb,
    convert_in_polars,
    open_a_file,
    fail_after_another,
]


def caught(fault: FunctionType) -> BaseException:
    with pytest.raises(Exception) as found:  # noqa: PT011
        fault()
    return found.value


@pytest.mark.parametrize("fault", FAULTS)
def test_account_says_where_and_quotes_no_value(fault: FunctionType) -> None:
    """Regression: logs of a load contained keys and names of persons, and delivered rows."""
    error = caught(fault)

    account = account_of(error)

    assert fault.__name__ in account
    assert type(error).__name__ in account
    assert PERSON not in account.replace("{PERSON}", "")
    assert PERSON not in kind_of(error)


def test_account_of_an_error_with_a_cause_has_the_steps_to_both() -> None:
    account = account_of(caught(fail_after_another))

    assert account.index("KeyError") < account.index("After it came") < account.index("RuntimeErr")
    assert "look_up" in account


def test_kind_has_our_own_words_and_the_systems() -> None:
    assert kind_of(LinernotesError("Run it again.")) == "LinernotesError: Run it again."
    assert kind_of(caught(open_a_file)) == "OSError: No space left on device"


@pytest.mark.parametrize("fault", FAULTS)
def test_defect_is_told_and_kept_without_values(
    fault: FunctionType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complain_of_defect(caught(fault), tmp_path / "logs")

    [log] = (tmp_path / "logs").iterdir()
    assert fault.__name__ in log.read_text()
    assert PERSON not in log.read_text() + capsys.readouterr().err


def test_failing_rows_name_keys_and_no_person() -> None:
    """Rows of a failing test appear in messages, in Dagster's log and in alerts."""
    query = (
        f"select 'u-17' as user_key, 'Ada' as party_name, '{PERSON}' as email, 'XCG' as "
        "currency_code, date '2026-03-31' as rule_date, 'p-1' as partner_id"
    )

    [row] = first_rows(duckdb.connect(), query)

    assert row == (
        "user_key=…, party_name=…, email=…, currency_code=XCG, rule_date=2026-03-31, partner_id=p-1"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"Conversion Error: Could not convert string '{PERSON}' to INT32",
        f'Constraint Error: Duplicate key "user_key: {PERSON}" violates primary key constraint',
        f"Runtime Error in model x\n  Invalid Input Error: couldn't parse '{PERSON}'",
        f"Out of Range Error: `{PERSON}`\nis too long for 'user_key'",
    ],
)
def test_message_of_the_build_quotes_no_value(text: str) -> None:
    assert PERSON not in without_values(text)
    assert PERSON not in message_of({"message": text, "status": "error"})


def test_message_of_the_build_keeps_what_is_about_no_value() -> None:
    text = 'Catalog Error: Table with name "dim_partner" does not exist'

    assert message_of({"message": text, "status": "error"}) == text
