"""Compensation: from the pools' revenue to what is paid, held and carried.

Amounts are those of the executives' waterfall, whose steps are the statements' own terms.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from linernotes.dashboard import charts
from linernotes.dashboard.charts import Point, Step
from linernotes.dashboard.figures import COLUMNS, Figures
from linernotes.dashboard.formats import Money, money_text, month_text
from linernotes.dashboard.metric_parts import MOST_BARS, said, state_text
from linernotes.dashboard.parts import (
    Card,
    Cards,
    Chart,
    Column,
    Heading,
    Note,
    Part,
    Table,
    Trend,
)
from linernotes.reporting import wording

TITLE, ADDRESS = "Compensation", "compensation"
QUESTION = "What was earned by use, what of it is paid, and what waits, and why."
POOL_STEPS = {
    "net_revenue": "Net revenue",
    "contract_fees": "Fees under contracts",
    "accrued": "Set aside, no payee yet",
    "kept_by_service": "Kept by the service",
}
USE_STEPS = {"earned": "Earned", "held": "Held"}
PAYOUT_STEPS = {
    **USE_STEPS,
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
ALWAYS_SHOWN = {"net_revenue", "contract_fees", "kept_by_service", "earned", "held", "payable"}
# A balance that is carried in every month is in a period once: at its beginning, and at its end.
AMOUNT = (
    "coalesce(sum(amount) filter (where step_name not in ('carried_in', 'carried_out') "
    "or (step_name = 'carried_in' and report_month = {first}) "
    "or (step_name = 'carried_out' and report_month = {last})), 0)"
)
# Signed in the waterfall; as a column of their own they are told as what they are.
TURNED = {"held", "carried_out"}
# Columns that add up: earned, less held, with carried in and terms, less carried out, is payable.
OF_PAYOUT = "earned", "held", "carried_in", "terms", "carried_out", "payable"
TERMS = tuple(step for step in PAYOUT_STEPS if step not in OF_PAYOUT)
COLUMN_NAMES = PAYOUT_STEPS | {"terms": "Fees, reserves, advances, tax"}


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    is_split = _is_split(figures)
    if is_split:
        yield Note(
            "Fees, reserves, taxes, what is carried and what is payable belong to whole contracts, "
            "not to products or territories. So for the chosen products and territories this page "
            "shows what was earned and what of it is held."
        )
    amounts = _amounts(figures)
    if not amounts:
        yield Note(
            "No money moved for what is chosen. Choose more months, or clear a filter.", "empty"
        )
        return
    yield totals(figures)
    yield from _waterfalls(figures, amounts, is_split)
    yield from _by_currency(figures, is_split)
    yield from _by_month(figures, is_split)
    yield from _by(figures, "partner", is_split)
    yield from _by(figures, "product", is_split=True)
    yield from _by(figures, "territory", is_split=True)
    yield from _holds(figures)


def _is_split(figures: Figures) -> bool:
    return bool(figures.choice.product or figures.choice.territory)


def _ends(figures: Figures) -> dict[str, str]:
    months = figures.choice.months
    return {"first": f"date '{months[0]}'", "last": f"date '{months[-1]}'"}


def _amounts(figures: Figures) -> dict[str, dict[str, Decimal]]:
    """Amounts of the whole period by currency and step."""
    rows = figures.report(
        "money_waterfall",
        f"currency_code, step_name, {AMOUNT.format(**_ends(figures))}",
        "group by all order by all",
    )
    amounts: dict[str, dict[str, Decimal]] = {}
    for currency, step, amount in rows:
        amounts.setdefault(currency, {})[step] = amount
    return amounts


def totals(figures: Figures) -> Cards:
    """What is payable, or earned where that is all that can be said, in every payout currency."""
    step, label = ("earned", "Earned") if _is_split(figures) else ("payable", "Payable")
    rows = figures.report(
        "money_waterfall",
        "currency_code, report_month, sum(amount)",
        f"and step_name = '{step}' group by all order by all",
    )
    whole = figures.report(
        "money_waterfall",
        "currency_code, sum(amount)",
        f"and step_name = '{step}' group by all order by all",
    )
    months = figures.months
    cards = []
    for currency, amount in whole:
        by_month = {month: value for code, month, value in rows if code == currency}
        cards.append(
            Card(
                label=f"{label}, {currency}",
                value=money_text(Money(amount, currency)),
                state=months.state,
                period=months.period,
                as_of=months.as_of(money=True),
                trend=trend(figures, by_month, currency),
            )
        )
    return Cards(cards)


def trend(figures: Figures, by_month: dict[date, Decimal], currency: str) -> list[Trend]:
    """Small bars of an amount by month."""
    return [
        Trend(
            value=by_month.get(month),
            text=f"{month_text(month)}: "
            f"{money_text(Money(by_month.get(month, Decimal(0)), currency))} {currency}",
            is_estimate=figures.months.is_estimate(month),
        )
        for month in figures.choice.months
    ]


def _waterfalls(
    figures: Figures, amounts: dict[str, dict[str, Decimal]], is_split: bool
) -> Iterator[Part]:
    currency = figures.currency
    found = amounts.get(currency, {})
    yield Heading(f"From pool to payment, {currency}")
    if "net_revenue" in found and not figures.choice.partner:
        yield _waterfall(
            figures,
            f"pool-{currency}",
            f"Pools in {currency}: of the net revenue, what goes to contracts, what is set aside "
            "for whoever turns out to be owed it, and what the service keeps.",
            _listed(POOL_STEPS, found),
            currency,
        )
    elif figures.choice.partner:
        yield Note("Net revenue and what the service keeps belong to no single partner.")
    else:
        yield Note(f"No pool is in {currency}; contracts paid in {currency} share pools elsewhere.")
    if not _listed(PAYOUT_STEPS, found):
        yield Note(f"No contract of what is chosen is paid in {currency}.", "empty")
    elif not is_split:
        yield _waterfall(
            figures,
            f"payout-{currency}",
            f"Contracts paid in {currency}: from what use earned to what is payable.",
            _listed(PAYOUT_STEPS, found),
            currency,
        )


def _listed(steps: dict[str, str], found: dict[str, Decimal]) -> list[tuple[str, str, Decimal]]:
    if not steps.keys() & found.keys():
        return []
    return [
        (step, name, found.get(step, Decimal(0)))
        for step, name in steps.items()
        if step in ALWAYS_SHOWN or found.get(step)
    ]


def _waterfall(
    figures: Figures, name: str, alt: str, listed: list[tuple[str, str, Decimal]], currency: str
) -> Chart:
    steps, at = [], Decimal(0)
    for step, label, amount in listed:
        is_result = step in {"kept_by_service", "payable"}
        begin, end = (Decimal(0), amount) if is_result else (at, at + amount)
        steps.append(Step(label, begin, end, money_text(Money(amount, currency)), is_result))
        at = end
    return Chart(
        charts.waterfall(steps, currency),
        alt,
        Table(
            name,
            [Column("Step"), Column(f"Amount, {currency}", "money")],
            [[label, Money(amount, currency)] for _, label, amount in listed],
            caption=figures.months.caption(money=True),
        ),
    )


def _by_currency(figures: Figures, is_split: bool) -> Iterator[Part]:
    yield Heading("Every payout currency")
    steps = tuple(USE_STEPS) if is_split else OF_PAYOUT
    rows = figures.report(
        "money_waterfall",
        f"currency_code, {_columns(steps, _carried_once(figures))}",
        "and step_number > 4 group by all order by all",
    )
    yield Table(
        "payouts-by-currency",
        [Column("Currency"), *(Column(COLUMN_NAMES[step], "money") for step in steps)],
        [[currency, *_money(amounts, currency)] for currency, *amounts in rows],
        caption=figures.months.caption(money=True),
    )


def _by_month(figures: Figures, is_split: bool) -> Iterator[Part]:
    currency = figures.currency
    steps = tuple(USE_STEPS) if is_split else OF_PAYOUT
    rows = figures.report(
        "money_waterfall",
        f"report_month, {_columns(steps)}",
        "and step_number > 4 group by all order by all",
        currency,
    )
    if not rows:
        return
    yield Heading(f"By month, {currency}")
    shown = ("earned",) if is_split else ("payable", "held")
    labels = COLUMN_NAMES
    points = [
        Point(
            month_text(month),
            labels[step],
            amount,
            f"{money_text(Money(amount, currency))} {currency}",
            figures.months.is_estimate(month),
        )
        for month, *of_month in rows
        for step, amount in zip(steps, of_month, strict=True)
        if step in shown
    ]
    table = Table(
        f"by-month-{currency}",
        [
            Column("Month", "month"),
            Column("State"),
            *(Column(f"{labels[step]}, {currency}", "money") for step in steps),
        ],
        [
            [month, state_text(figures, month), *(Money(one, currency) for one in of_month)]
            for month, *of_month in rows
        ],
        caption=figures.months.caption(money=True),
    )
    yield Chart(
        charts.by_month(
            figures.choice.months, points, [labels[step] for step in shown], currency, stacked=False
        ),
        f"{' and '.join(labels[step] for step in shown)} by month in {currency}; pale months are "
        "estimates.",
        table,
    )


def _columns(steps: Sequence[str], only: Mapping[str, str] | None = None) -> str:
    """SQL of a sum per column; `only` narrows one further."""
    return ", ".join(
        f"{'-' if step in TURNED else ''}coalesce(sum(amount) filter (where step_name in "
        f"{_any_of(TERMS if step == 'terms' else (step,))}{(only or {}).get(step, '')}), 0)"
        for step in steps
    )


def _any_of(steps: Sequence[str]) -> str:
    quoted = [f"'{step}'" for step in steps]
    return f"({', '.join(quoted)})"


def _carried_once(figures: Figures) -> dict[str, str]:
    ends = _ends(figures)
    return {
        "carried_in": f" and report_month = {ends['first']}",
        "carried_out": f" and report_month = {ends['last']}",
    }


def _by(figures: Figures, kind: str, is_split: bool) -> Iterator[Part]:
    """Amounts in the chosen currency, the largest first, with the whole as its own question."""
    column, currency = COLUMNS[kind], figures.currency
    steps = tuple(USE_STEPS) if is_split else OF_PAYOUT
    main = steps[0] if is_split else "payable"
    sums = _columns(steps, _carried_once(figures))
    wanted = f"and step_number > 4 and {column} is not null"
    rows = figures.report(
        "money_waterfall",
        f"{column}, {sums}",
        f"{wanted} group by all order by {steps.index(main) + 2} desc, 1",
        currency,
    )
    if not rows:
        return
    [whole] = figures.report("money_waterfall", sums, wanted, currency)
    yield Heading(f"By {kind}, {currency}")
    name, at = PAYOUT_STEPS[main], steps.index(main)
    table = Table(
        f"by-{kind}-{currency}",
        [
            Column(kind.capitalize()),
            *(Column(f"{COLUMN_NAMES[step]}, {currency}", "money") for step in steps),
        ],
        [[said(figures, column, code), *_money(amounts, currency)] for code, *amounts in rows],
        ["Total", *_money(whole, currency)],
        figures.months.caption(money=True),
    )
    if not 1 < len(rows) <= MOST_BARS:
        yield table
        return
    points = [
        Point(
            said(figures, column, code),
            name,
            amounts[at],
            money_text(Money(amounts[at], currency)),
        )
        for code, *amounts in rows
    ]
    yield Chart(
        charts.bars(points, [name], f"{name}, {currency}"),
        f"{name} by {kind} in {currency}, the largest first.",
        table,
    )


def _money(amounts: Sequence[Decimal], currency: str) -> list[Money]:
    return [Money(amount, currency) for amount in amounts]


def _holds(figures: Figures) -> Iterator[Part]:
    """What was put on hold, less what was released: on statements, and set aside."""
    yield Heading(
        "Why money waits, and what releases it",
        "Put on hold in these months, less what was released. What has a contract waits on its "
        "statement; the rest is set aside until its owner and contract are known.",
    )
    caption = figures.months.caption(money=True)
    found: set[str] = set()
    tables = []
    for step, where in (("held", "On statements"), ("accrued", "Set aside")):
        buckets = [
            bucket
            for (bucket,) in figures.report(
                "money_waterfall",
                "hold_bucket",
                f"and step_name = '{step}' group by all having sum(amount) <> 0 order by all",
            )
        ]
        if not buckets:
            continue
        found.update(buckets)
        sums = ", ".join(
            f"coalesce(-sum(amount) filter (where hold_bucket = '{bucket}'), 0)"
            for bucket in buckets
        )
        rows = figures.report(
            "money_waterfall",
            f"currency_code, {sums}",
            f"and step_name = '{step}' group by all having count(*) filter (where amount <> 0) > 0 "
            "order by all",
        )
        heads = [Column(where), *(Column(wording.plain(bucket), "money") for bucket in buckets)]
        cells = [[currency, *_money(amounts, currency)] for currency, *amounts in rows]
        tables.append(Table(f"holds-{step}", heads, cells, caption=caption))
    if not tables:
        yield Note("Nothing was put on hold or released for what is chosen.", "good")
        return
    yield Table(
        "hold-reasons",
        [Column("Held because of"), Column("Why"), Column("What releases it")],
        [[wording.plain(bucket), *wording.HOLDS.get(bucket, ("", ""))] for bucket in sorted(found)],
    )
    yield from tables
