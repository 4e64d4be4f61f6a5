"""Compensation: from the pools' revenue to what is paid, held and carried.

Amounts are metrics, and the steps of the executives' waterfall, which are the statements' terms.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from linernotes.dashboard import charts
from linernotes.dashboard.charts import Step
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import Money, money_text
from linernotes.dashboard.metric_parts import by_month, money_cards, moved, split
from linernotes.dashboard.parts import Cards, Chart, Column, Heading, Note, Part, Table
from linernotes.packages import wording

TITLE, ADDRESS = "Compensation", "compensation"
QUESTION = "What was earned by use, what of it is paid, and what waits, and why."
POOL_STEPS = {
    "net_revenue": "Net revenue",
    "contract_fees": "Fees under contracts",
    "accrued": "Set aside, no payee yet",
    "kept_by_service": "Kept by the service",
}
PAYOUT_STEPS = {
    "earned": "Earned and corrected",
    "held": "Held",
    "carried_in": "Carried in",
    "umbrella_fee": "Umbrella fee",
    "guarantee": "Guarantee topped up",
    "reserve_taken": "Reserve taken",
    "reserve_released": "Reserve released",
    "recouped": "Advance recouped",
    "tax": "Tax withheld",
    "penalty": "Penalties",
    "resumed": "Resumed",
    "suspended": "Suspended",
    "carried_out": "Carried out",
    "payable": "Payable",
}
RESULTS = {"kept_by_service", "payable"}
ALWAYS_SHOWN = RESULTS | {"net_revenue", "contract_fees", "earned", "held"}
# The columns of the table of all currencies: they add up to what is payable.
COLUMN_STEPS = {
    "earned": ("earned",),
    "held": ("held",),
    "carried_in": ("carried_in",),
    "terms": tuple(PAYOUT_STEPS)[3:-2],
    "carried_out": ("carried_out",),
    "payable": ("payable",),
}
COLUMN_NAMES = PAYOUT_STEPS | {"terms": "Fees, reserves, advances, tax"}
# A balance that is carried in every month is in a period once: at its beginning, and at its end.
AMOUNT = (
    "coalesce(sum(amount) filter (where step_name not in ('carried_in', 'carried_out') "
    "or (step_name = 'carried_in' and report_month = date '{first}') "
    "or (step_name = 'carried_out' and report_month = date '{last}')), 0)"
)
OF_STATEMENTS = ("payable_amount", "held_amount", "earned_amount", "correction_amount")
# Terms that many contracts do not have: shown where they move something.
OF_SOME_STATEMENTS = (
    "fee_amount",
    "recouped_amount",
    "tax_amount",
    "penalty_amount",
    "suspended_amount",
)
OF_LINES = ("usage_amount", "held_amount")


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    whole = totals(figures)
    if not whole.cards:
        yield Note(
            "No money moved for what is chosen. Choose more months, or clear a filter.", "empty"
        )
        return
    is_split = _is_split(figures)
    if is_split:
        yield Note(
            "Fees, reserves, taxes, balances and what is payable belong to whole contracts, not to "
            "products or territories. So for the chosen products and territories this page shows "
            "what uses earned and what of it is held."
        )
    yield whole
    if not is_split:
        yield from _waterfalls(figures)
    names = OF_LINES if is_split else (*OF_STATEMENTS, *moved(figures, *OF_SOME_STATEMENTS))
    shown = "Earned by uses" if is_split else "Payable"
    currency = figures.currency
    yield Heading(f"By month, {currency}")
    yield from by_month(figures, *names, drawn=2, alt=f"{shown} and held in {currency}, by month.")
    yield Heading(f"By partner, {currency}")
    yield from split(figures, "partner_id", *names, alt=f"{shown} in {currency} by partner.")
    yield Heading(f"By product, {currency}")
    yield from split(figures, "product_id", *OF_LINES, alt=f"Earned in {currency} by product.")
    yield Heading(f"By territory, {currency}")
    yield from split(figures, "territory", *OF_LINES, alt=f"Earned in {currency} by territory.")
    yield from _holds(figures)


def _is_split(figures: Figures) -> bool:
    return bool(figures.choice.product or figures.choice.territory)


def totals(figures: Figures) -> Cards:
    """What is payable, or earned where that is all that can be said, in every payout currency."""
    return money_cards(figures, "usage_amount" if _is_split(figures) else "payable_amount")


def _waterfalls(figures: Figures) -> Iterator[Part]:
    currency = figures.currency
    months = figures.choice.months
    amounts: dict[str, dict[str, Decimal]] = {}
    for code, step, amount in figures.report(
        "money_waterfall",
        f"currency_code, step_name, {AMOUNT.format(first=months[0], last=months[-1])}",
        "group by all order by all",
    ):
        amounts.setdefault(code, {})[step] = amount
    found = amounts.get(currency, {})
    yield Heading(f"From pool to payment, {currency}")
    if figures.choice.partner:
        yield Note("Net revenue and what the service keeps belong to no single partner.")
    elif "net_revenue" not in found:
        yield Note(f"No pool is in {currency}; contracts paid in {currency} share pools elsewhere.")
    else:
        yield _waterfall(
            figures,
            f"pool-{currency}",
            f"Pools in {currency}: of the net revenue, what goes to contracts, what is set aside "
            "for whoever turns out to be owed it, and what the service keeps.",
            POOL_STEPS,
            found,
        )
    if PAYOUT_STEPS.keys() & found.keys():
        yield _waterfall(
            figures,
            f"payout-{currency}",
            f"Contracts paid in {currency}: from what uses and corrections earned, also where it "
            "is held, to what is payable.",
            PAYOUT_STEPS,
            found,
        )
    else:
        yield Note(f"No contract of what is chosen is paid in {currency}.", "empty")
    yield Heading("Every payout currency")
    yield Table(
        "payouts-by-currency",
        [Column("Currency"), *(Column(COLUMN_NAMES[name], "money") for name in COLUMN_STEPS)],
        [
            [code, *(Money(_sum(steps, of_code), code) for steps in COLUMN_STEPS.values())]
            for code, of_code in amounts.items()
            if PAYOUT_STEPS.keys() & of_code.keys()
        ],
        caption=f"{figures.months.caption(money=True)} What leaves is negative, so that each row "
        "adds up to what is payable.",
    )


def _sum(steps: tuple[str, ...], amounts: Mapping[str, Decimal]) -> Decimal:
    return sum((amounts.get(step, Decimal(0)) for step in steps), Decimal(0))


def _waterfall(
    figures: Figures, name: str, alt: str, names: Mapping[str, str], amounts: Mapping[str, Decimal]
) -> Chart:
    currency = figures.currency
    steps, rows, at = [], [], Decimal(0)
    for step, label in names.items():
        amount = amounts.get(step, Decimal(0))
        if not amount and step not in ALWAYS_SHOWN:
            continue
        is_result = step in RESULTS
        begin, end = (Decimal(0), amount) if is_result else (at, at + amount)
        money = Money(amount, currency)
        steps.append(Step(label, begin, end, money_text(money), is_result))
        rows.append([label, money])
        at = end
    return Chart(
        charts.waterfall(steps, currency),
        alt,
        Table(
            name,
            [Column("Step"), Column(f"Amount, {currency}", "money")],
            rows,
            caption=figures.months.caption(money=True),
        ),
    )


def _holds(figures: Figures) -> Iterator[Part]:
    """What was held and has not been released since, by reason and currency."""
    yield Heading(
        "Why money waits, and what releases it",
        "What was held in these months and has not been released since, with or without a contract "
        "that would take it.",
    )
    held: dict[str, dict[str, Decimal]] = {}
    for row in figures.ask("open_hold_amount", by=("currency_code", "hold_bucket")):
        if row["open_hold_amount"]:
            held.setdefault(row["currency_code"], {})[row["hold_bucket"]] = row["open_hold_amount"]
    if not held:
        nothing = f"Nothing is held. {figures.not_split_text('open_hold_amount')}"
        yield Note(nothing.strip(), "good")
        return
    buckets = sorted({bucket for found in held.values() for bucket in found})
    yield Table(
        "hold-reasons",
        [Column("Held because of"), Column("Why"), Column("What releases it")],
        [[wording.plain(bucket), *wording.HOLDS.get(bucket, ("", ""))] for bucket in buckets],
    )
    yield Table(
        "still-held",
        [Column("Still held"), *(Column(wording.plain(bucket), "money") for bucket in buckets)],
        [
            [code, *(Money(found.get(bucket, Decimal(0)), code) for bucket in buckets)]
            for code, found in held.items()
        ],
        caption=figures.caption("open_hold_amount"),
    )
