"""How a balance is told, in the PDF and in the workbook alike: its terms by name, in their order.

Amounts are the statements'; only the sign of what is taken is put before them here.
"""

from decimal import Decimal

from linernotes.ledger.balance import TERMS_TAKEN
from linernotes.ledger.records import StatementRecord

TERMS = {
    "opening_amount": "Opening",
    "earned_amount": "Earned",
    "correction_amount": "Corrections",
    "true_up_amount": "Guarantee topped up",
    "fee_amount": "Umbrella fee",
    "reserve_taken_amount": "Reserve taken",
    "reserve_released_amount": "Reserve released",
    "recouped_amount": "Advance recouped",
    "tax_amount": "Tax withheld",
    "penalty_amount": "Penalties",
    "resumed_amount": "Resumed",
    "closing_amount": "Balance",
    "suspended_amount": "Suspended",
    "carried_amount": "Carried to the next month",
    "payable_amount": "Payable",
}
# Shown also where they are zero.
ALWAYS_SHOWN = {
    "opening_amount",
    "earned_amount",
    "closing_amount",
    "carried_amount",
    "payable_amount",
}


def balance_rows(statements: list[StatementRecord]) -> list[tuple[str, list[Decimal]]]:
    """The name of each term that says something, and its amount in every statement.

    What is above `Balance` adds up to it; the last row is what is paid.
    """
    rows = []
    for term, name in TERMS.items():
        sign = -1 if term in TERMS_TAKEN else 1
        amounts = [Decimal(one.totals[term]) * sign for one in statements]
        if term in ALWAYS_SHOWN or any(amounts):
            rows.append((name, amounts))
    return rows
