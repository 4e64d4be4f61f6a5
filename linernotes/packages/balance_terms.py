"""The bridge of a statement's balance, in the same terms in the PDF and the workbook.

Amounts come from the statements and their lines; only their signs are set here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from linernotes.ledger.records import StatementRecord
from linernotes.packages.document_figures import Gross

BALANCE, AMOUNT_DUE = "Balance", "Amount due"
BROUGHT_FORWARD, CARRIED_FORWARD = "Brought forward", "Carried forward"
# Shown even if they are zero.
ALWAYS_SHOWN = {BROUGHT_FORWARD, "Usage earnings", BALANCE, CARRIED_FORWARD, AMOUNT_DUE}


@dataclass(frozen=True)
class Step:
    """One row of the bridge: its name, and its amount in each statement.

    Attributes:
        is_result: Whether it is the sum of the rows above.
    """

    name: str
    amounts: tuple[Decimal, ...]
    is_result: bool = False


def bridge(statements: Sequence[StatementRecord], gross: dict[str, Gross]) -> list[Step]:
    """The steps from the amount brought forward to the amount due, for every statement.

    The steps above `Balance` add up to it; `Balance` and the steps below it add up to `Amount due`.
    Steps that are zero in every statement are left out, except those in `ALWAYS_SHOWN`.
    """
    columns = [_steps(one, gross.get(one.contract_id, Gross())) for one in statements]
    results = {BALANCE, AMOUNT_DUE}
    return [
        Step(name, amounts, name in results)
        for name in columns[0]
        if any(amounts := tuple(column[name] for column in columns)) or name in ALWAYS_SHOWN
    ]


def _steps(statement: StatementRecord, gross: Gross) -> dict[str, Decimal]:
    terms = {name: Decimal(text) for name, text in statement.totals.items()}
    return {
        BROUGHT_FORWARD: terms["opening_amount"],
        "Usage earnings": gross.usage,
        "Training fees": gross.training,
        "Adjustments": gross.adjustments,
        "Put on hold": -gross.on_hold,
        "Released from hold": gross.released,
        "Guarantee top-up": terms["true_up_amount"],
        "Collective/aggregator commission": -terms["fee_amount"],
        "Reserve taken": -terms["reserve_taken_amount"],
        "Reserve released": terms["reserve_released_amount"],
        "Advance recouped": -terms["recouped_amount"],
        "Tax withheld": -terms["tax_amount"],
        "Penalties": -terms["penalty_amount"],
        "Suspended balance resumed": terms["resumed_amount"],
        BALANCE: terms["closing_amount"],
        "Suspended": -terms["suspended_amount"],
        CARRIED_FORWARD: -terms["carried_amount"],
        AMOUNT_DUE: terms["payable_amount"],
    }
