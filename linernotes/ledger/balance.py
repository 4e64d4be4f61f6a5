"""Checks that a statement's header agrees with its lines: each term, and the balance.

The caller supplies the lines, from a draft, the ledger or a package.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from linernotes.base.money import money_text

FIRST_TYPES = ("USAGE", "TRAINING_FEE")
CORRECTION_TYPES = (
    "LATE_USAGE",
    "LATE_CONSENT",
    "BACKPAY",
    "CONFLICT_RESOLUTION",
    "DISPUTE_RESOLUTION",
    "SPAM_ADJUSTMENT",
    "FRAUD_REDISTRIBUTION",
    "REVENUE_CORRECTION",
    "REATTRIBUTION",
    "TERMS_CORRECTION",
    "FX_CORRECTION",
    "REVERSAL",
)
EARNING_TYPES = (*FIRST_TYPES, *CORRECTION_TYPES)
TERM_OF_TYPE = {
    **dict.fromkeys(FIRST_TYPES, "earned_amount"),
    **dict.fromkeys(CORRECTION_TYPES, "correction_amount"),
    "FEE": "fee_amount",
    "MG_TRUE_UP": "true_up_amount",
    "RESERVE_TAKE": "reserve_taken_amount",
    "RESERVE_RELEASE": "reserve_released_amount",
    "ADVANCE_RECOUPMENT": "recouped_amount",
    "WITHHOLDING": "tax_amount",
    "PENALTY": "penalty_amount",
}
# Deductions: positive in the header, negative in lines.
TERMS_TAKEN = (
    "fee_amount",
    "reserve_taken_amount",
    "recouped_amount",
    "tax_amount",
    "penalty_amount",
)
SUSPENDED = "SUSPENDED"
ZERO = Decimal(0)

# Sums of a statement's lines: type, hold bucket, amount.
Sums = Iterable[tuple[str | None, str | None, Decimal]]


def terms_that_differ(totals: Mapping[str, str], sums: Sums, currency_code: str) -> Iterator[str]:
    """The terms of a header that differ from the sums of its lines, with the expected amounts."""
    stated = {name: Decimal(text) for name, text in totals.items()}
    found = dict.fromkeys((*TERM_OF_TYPE.values(), "held_amount"), ZERO)
    payable = waiting = ZERO
    for line_type, hold_bucket, amount in sums:
        if hold_bucket == SUSPENDED:
            waiting += amount
        elif hold_bucket:
            found["held_amount"] += amount
        else:
            payable += amount
            term = TERM_OF_TYPE.get(line_type or "")
            if term:
                found[term] += -amount if term in TERMS_TAKEN else amount
    for term, amount in found.items():
        if stated[term] != amount:
            yield _differs(term, stated[term], "its lines sum to", amount, currency_code)
    balance = stated["closing_amount"] - stated["suspended_amount"]
    if balance != payable:
        name = "closing_amount less suspended_amount"
        yield _differs(name, balance, "its payable lines sum to", payable, currency_code)
    suspended = stated["suspended_amount"] - stated["resumed_amount"]
    if suspended != waiting:
        name = "suspended_amount less resumed_amount"
        yield _differs(name, suspended, "its suspended lines sum to", waiting, currency_code)


def _differs(name: str, stated: Decimal, what: str, found: Decimal, currency_code: str) -> str:
    return (
        f"{name} is {money_text(stated, currency_code)}, {what} {money_text(found, currency_code)}"
    )


def balance_that_fails(totals: Mapping[str, str]) -> Iterator[str]:
    """Terms that do not add up within the header."""
    stated = {name: Decimal(text) for name, text in totals.items()}
    closing = (
        stated["opening_amount"]
        + stated["earned_amount"]
        + stated["correction_amount"]
        - stated["fee_amount"]
        + stated["true_up_amount"]
        - stated["reserve_taken_amount"]
        + stated["reserve_released_amount"]
        - stated["recouped_amount"]
        - stated["tax_amount"]
        - stated["penalty_amount"]
        + stated["resumed_amount"]
    )
    if closing != stated["closing_amount"]:
        yield "opening and the following terms do not sum to its closing"
    shared_out = stated["payable_amount"] + stated["carried_amount"] + stated["suspended_amount"]
    if shared_out != stated["closing_amount"]:
        yield "payable, carried and suspended do not sum to its closing"
