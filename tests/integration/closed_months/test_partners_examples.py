"""The examples of `docs/money-for-partners.md`: the models compute the same tables.

The edge cases have the worlds; these tests compare the page with their results.
"""

import re
from datetime import date
from decimal import Decimal

import pytest

from linernotes.base.settings import PROJECT_ROOT
from tests.fixtures.worlds import Rows

PAGE = (PROJECT_ROOT / "docs" / "money-for-partners.md").read_text(encoding="utf-8")

RECORDING = "upper(right(object_id, 1))"
LINES = "from marts.fct_compensation_lines where amount <> 0 and side = 'MASTER' and product_id = "


def lines(columns: str, case: str) -> str:
    """Lines of a case's product, in the order of their statements."""
    return f"select {columns} {LINES} '{case}' order by report_month, line_type, object_id, amount"


def balances(columns: str, case: str, months: int) -> str:
    """The first statements of a case's contract."""
    return (
        f"select report_month, {columns} from marts.fct_statements "
        f"where contract_id = '{case}-contract' order by report_month limit {months}"
    )


# The world, and its part that the table below the heading shows.
EXAMPLES = {
    "How a share is computed": (
        "rows",
        "select pools.subscribers, share_arm_amount, per_subscriber_arm_amount, winning_arm, "
        "fee_payout_amount from marts.fct_pool_fees as fees join marts.fct_pools as pools "
        "on pools.pool_id = fees.pool_id where fees.product_id in ('e11-more', 'e11-tie') "
        "order by pools.subscribers desc",
    ),
    "Where the last cent goes": ("rows", lines(f"{RECORDING}, quantity, amount", "e01")),
    "One source without consent": ("rows", lines(f"{RECORDING}, amount, hold_bucket", "e38")),
    "A consent that reaches us late": (
        "closed_rows",
        lines("report_month, usage_month, line_type, hold_bucket, amount", "e36"),
    ),
    "Use that is reported late": (
        "closed_rows",
        lines(f"report_month, usage_month, line_type, {RECORDING}, amount", "e75"),
    ),
    "Fraud that is found late": (
        "closed_rows",
        lines(f"report_month, line_type, {RECORDING}, amount", "e101"),
    ),
    "A better attribution": (
        "closed_rows",
        lines(f"report_month, line_type, {RECORDING}, amount", "e54"),
    ),
    "An advance": (
        "closed_rows",
        balances("earned_amount, recouped_amount, payable_amount", "e91", 3),
    ),
    "A minimum guarantee": (
        "closed_rows",
        balances("earned_amount, true_up_amount, payable_amount", "e94-under", 3),
    ),
    "A reserve": (
        "closed_rows",
        balances(
            "earned_amount, reserve_taken_amount, reserve_released_amount, payable_amount",
            "e96",
            3,
        ),
    ),
    "A minimum payout": (
        "closed_rows",
        balances("opening_amount, earned_amount, payable_amount, carried_amount", "e97", 2),
    ),
    "Tax at the source": (
        "closed_rows",
        balances("earned_amount, correction_amount, tax_amount, closing_amount", "e88", 2),
    ),
    "A balance below zero": (
        "closed_rows",
        balances(
            "earned_amount, correction_amount, recouped_amount, closing_amount, payable_amount, "
            "carried_amount",
            "e92",
            3,
        ),
    ),
}


def as_on_the_page(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%B}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table_below(heading: str) -> list[list[str]]:
    """The rows of a section's table, as text."""
    [section] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    _, _, *rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_section_of_the_page_has_an_example() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == list(EXAMPLES)


@pytest.mark.parametrize("heading", EXAMPLES)
def test_table_of_the_page_is_what_the_models_compute(
    rows: Rows, closed_rows: Rows, heading: str
) -> None:
    world, sql = EXAMPLES[heading]

    computed = {"rows": rows, "closed_rows": closed_rows}[world](sql)

    assert table_below(heading) == [[as_on_the_page(value) for value in row] for row in computed]
