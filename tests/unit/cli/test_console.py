"""Tables on the command line stay readable with any number of columns."""

import pytest

from linernotes.cli.console import print_table


def lines_printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_table_that_fits_has_a_row_per_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Lines", ("contract_id", "contract_version", "quantity"), [("c", 1002, 61352)])

    assert lines_printed(capsys)[-1] == "c 1002 61,352"


def test_table_too_wide_has_a_line_per_heading(capsys: pytest.CaptureFixture[str]) -> None:
    columns = [f"a_long_heading_{number}" for number in range(12)]

    print_table("Statements", columns, [range(12), range(12, 24)])

    lines = lines_printed(capsys)
    assert lines[0] == "Statements"
    assert lines[1:13] == [f"a_long_heading_{number} {number}" for number in range(12)]
    assert lines[13:] == [f"a_long_heading_{number} {number + 12}" for number in range(12)]
