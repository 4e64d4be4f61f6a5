"""Blocks about money: the bridge, money on hold by age, balances and liabilities.

Amounts in the reporting currency are indicative; amounts in payout currencies are exact.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from linernotes.base.money import minor_unit_digits, round_half_up
from linernotes.dashboard import wording
from linernotes.dashboard.blocks import Block, Bridge, Column, Link, Note, Step, Table
from linernotes.dashboard.figures import LATEST_RATES, Figures, month_before
from linernotes.dashboard.formats import Money, month_text, span_text
from linernotes.dashboard.row_tables import rows_href
from linernotes.packages import wording as codes

INDICATIVE = "Indicative: at the ECB rate of the month's end."
# Steps of the bridge, with the steps of the waterfall that contain their rows.
OF_WATERFALL = {
    "service_margin": ("kept_by_service",),
    "no_payee": ("accrued",),
    "exchange_difference": ("contract_fees", "earned"),
    "gross_earnings": ("earned", "training_fees"),
    "on_hold": ("held",),
    "amount_due": ("payable",),
}

# The columns of exact amounts, with the steps of the waterfall that each sums.
PAYOUTS = {
    "Gross earnings": ("earned", "training_fees"),
    "On hold": ("held",),
    "Adjustments": ("adjustments",),
    "Brought forward": ("carried_in",),
    "Deductions": (
        "guarantee",
        "penalty",
        "recouped",
        "reserve_released",
        "reserve_taken",
        "resumed",
        "suspended",
        "tax",
        "umbrella_fee",
    ),
    "Carried forward": ("carried_out",),
    "Amount due": ("payable",),
}


def bridge(figures: Figures) -> Block:
    """From net revenue (for a partner, its earnings) to the amount due in the headline month."""
    rows = figures.bridge([figures.headline])
    if not rows:
        return Note(f"{wording.NO_ACTIVITY} {wording.WIDEN}", "empty")
    digits = minor_unit_digits(figures.currency)
    steps: list[Step] = []
    open_sum = Decimal(0)
    of_pools = {"net_revenue", "service_margin", "no_payee", "exchange_difference"}
    for name, bucket, amount, is_result in rows:
        if figures.selection.partner and (name in of_pools or name == "training_fees"):
            continue
        rounded = round_half_up(amount, digits)
        if not rounded and not is_result:
            continue
        if is_result and steps and rounded != open_sum:
            steps.append(Step("Rounding", rounded - open_sum, False))
        open_sum = rounded if is_result else open_sum + rounded
        label = wording.STEPS[name]
        if name == "on_hold":
            released = f"Released: {wording.HOLDS.get(bucket or '', '')}"
            label = released if amount > 0 else wording.hold_name(bucket)
        steps.append(Step(label, rounded, is_result, _step_href(figures, name, bucket)))
    return Bridge(
        f"From net revenue to amount due, {month_text(figures.headline)}"
        if not figures.selection.partner
        else f"From gross earnings to amount due, {month_text(figures.headline)}",
        figures.currency,
        steps,
        INDICATIVE,
    )


def _step_href(figures: Figures, name: str, bucket: str | None) -> str:
    where: dict[str, Any] = {
        "step_name": list(OF_WATERFALL.get(name, (name,))),
        "report_month": figures.headline,
    }
    if name == "on_hold":
        where["hold_bucket"] = bucket
    if figures.selection.partner:
        where["partner_id"] = list(figures.selection.partner)
    return rows_href("steps", **where)


def payouts(figures: Figures) -> Iterator[Block]:
    """Statements of the headline month in their payout currencies, the largest first."""
    partners = figures.selection.partner
    sums = ", ".join(
        f"coalesce(sum(amount) filter (where list_contains({list(steps)}, step_name)), 0)"
        for steps in PAYOUTS.values()
    )
    rows = figures.view.rows(
        f"select partner_id, currency_code, {sums} from published.marts.fct_money_steps "
        f"where report_month = ? and list_contains({sorted(sum(PAYOUTS.values(), ()))}, step_name) "
        f"{'and list_contains(?, partner_id)' if partners else ''} "
        "group by all order by sum(reporting_amount) filter (where step_name = 'payable') "
        "desc nulls last, partner_id, currency_code",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        yield Note(f"No statements for {month_text(figures.headline)} in this selection.", "empty")
        return
    # A column without any amount is left out, and the name of an only partner.
    heads = [head for at, head in enumerate(PAYOUTS, 2) if any(row[at] for row in rows)]

    def named(partner: str) -> Link:
        return Link(figures.names["partner"].get(partner, partner), f"/partners/{partner}")

    is_of_one = len(partners) == 1
    yield Table(
        "payouts",
        f"All payout currencies, {month_text(figures.headline)}",
        [
            *([] if is_of_one else [Column("Partner")]),
            Column("Currency"),
            *(Column(head, "money") for head in heads),
        ],
        [
            [
                *([] if is_of_one else [named(partner)]),
                currency,
                *(
                    Link(
                        Money(amount, currency),
                        rows_href(
                            "steps",
                            step_name=PAYOUTS[head],
                            report_month=figures.headline,
                            partner_id=partner,
                            currency_code=currency,
                        ),
                    )
                    for head, amount in zip(PAYOUTS, amounts, strict=True)
                    if head in heads
                ),
            ]
            for partner, currency, *amounts in rows
        ],
        note="Exact, in the currency of each contract. Deductions are negative; each row adds up "
        "to Amount due.",
    )


def holds(figures: Figures) -> Iterator[Block]:
    """Money on hold to date, by reason and age, at the latest indicative rates."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "with open_holds as (select hold_bucket, (amount - released_amount) * rate as amount, "
        "date_diff('day', opened_month + interval 1 month, $1) as days "
        f"from published.marts.fct_holds left join {LATEST_RATES} using (currency_code) "
        "where amount <> released_amount "
        f"{'and list_contains($2, partner_id)' if partners else ''}) "
        "select hold_bucket, sum(amount), sum(amount) filter (where days <= 30), "
        "sum(amount) filter (where days > 30 and days <= 90), "
        "sum(amount) filter (where days > 90), "
        "count(*) from open_holds group by all order by sum(amount) desc nulls last, hold_bucket",
        (figures.view.known_at, partners) if partners else (figures.view.known_at,),
    )
    if not rows:
        yield Note("Nothing is on hold.", "good")
        return

    def money(amount: Decimal | None) -> Money:
        return Money(amount or Decimal(0), figures.currency)

    def href(bucket: str) -> str:
        return rows_href("holds", hold_bucket=bucket, partner_id=partners)

    total = [sum((row[at] or Decimal(0) for row in rows), Decimal(0)) for at in range(1, 5)]
    yield Table(
        "on-hold",
        "On hold to date, by reason and age",
        [
            Column("Reason"),
            Column("On hold to date", "money"),
            Column("Up to 30 days", "money"),
            Column("31 to 90 days", "money"),
            Column("Over 90 days", "money"),
            Column("Lines", "count"),
            Column("Next step"),
        ],
        [
            [
                Link(wording.HOLDS.get(bucket, bucket).capitalize(), href(bucket)),
                Link(money(amount), href(bucket)),
                *map(money, ages),
                count,
                codes.HOLDS.get(bucket, ("", ""))[1],
            ]
            for bucket, amount, *ages, count in rows
        ],
        ["All", *map(money, total), sum(row[5] for row in rows), ""],
        note=f"{INDICATIVE} Age since the end of the month in which it was put on hold.",
    )


def liabilities(figures: Figures) -> Iterator[Block]:
    """The amounts owed to and by partners at the end of the headline month, largest first."""
    partners = figures.selection.partner
    month = month_text(figures.headline)
    rows = figures.view.rows(
        "with balances as (select contract_id, partner_id, currency_code, "
        + ", ".join(
            f"coalesce(arg_max({column}, report_month) "
            f"filter (where balance_kind = '{kind}'), 0) as {name}"
            for name, column, kind in (
                ("reserve", "closing_amount", "reserve"),
                ("advance", "closing_amount", "advance"),
                ("guaranteed", "guaranteed_amount", "guarantee"),
                ("counted", "closing_amount", "guarantee"),
            )
        )
        + " from published.marts.fct_balances where report_month <= $1 group by all), "
        "carried as (select contract_id, partner_id, currency_code, "
        "arg_max(carried_amount, report_month) as carried, "
        "sum(suspended_amount - resumed_amount) as suspended "
        "from published.marts.fct_statements where report_month <= $1 group by all), "
        "joined as (select contract_id, partner_id, currency_code, "
        "coalesce(reserve, 0) as reserve, coalesce(carried, 0) as carried, "
        "coalesce(suspended, 0) as suspended, coalesce(advance, 0) as advance, "
        "coalesce(guaranteed, 0) as guaranteed, "
        "greatest(coalesce(guaranteed, 0) - coalesce(counted, 0), 0) as shortfall "
        "from carried full join balances using (contract_id, partner_id, currency_code)) "
        f"select joined.*, rate from joined left join {LATEST_RATES} using (currency_code) "
        "where (reserve <> 0 or carried <> 0 or suspended <> 0 or advance <> 0 "
        f"or guaranteed <> 0) {'and list_contains($2, partner_id)' if partners else ''} "
        "order by greatest(reserve, carried, suspended, advance, shortfall) * rate "
        "desc nulls last, contract_id",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        yield Note("No advances, guarantees, reserves or balances in this selection.", "empty")
        return
    names = (
        "Reserve held",
        "Carried forward",
        "Suspended",
        "Advance not recouped",
        "Minimum guarantee",
        "Guarantee not yet reached",
    )
    known = [(at, name) for at, name in enumerate(names, 3) if any(row[at] for row in rows)]
    yield Table(
        "liability-totals",
        f"Liabilities at the end of {month}, {figures.currency}",
        [Column("Balance"), Column("Contracts", "count"), Column("Indicative", "money")],
        [
            [
                name,
                sum(1 for row in rows if row[at]),
                Money(
                    sum((row[at] * (row[-1] or 0) for row in rows), Decimal(0)), figures.currency
                ),
            ]
            for at, name in known
        ],
        note="Reserve, carried forward and suspended are owed to partners; an advance not recouped "
        "is owed by them. Indicative: at the latest ECB rate of a month's end.",
    )
    yield Table(
        "liabilities",
        f"Advances, guarantees, reserves and balances at the end of {month}",
        [Column("Contract"), Column("Partner"), *(Column(name, "money") for _, name in known)],
        [
            [
                Link(row[0], rows_href("balances", contract_id=row[0])),
                figures.names["partner"].get(row[1], row[1]),
                *(Money(row[at], row[2]) if row[at] else None for at, _ in known),
            ]
            for row in rows
        ],
        note="Exact, in the currency of each contract; – is nothing.",
    )


def rates(figures: Figures) -> Iterator[Block]:
    """The earnings per use for each product, with the number of uses."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "select product_id, sum(amount * indicative_rate) as earned, sum(quantity)::bigint as uses "
        "from published.marts.fct_compensation_lines as lines "
        "join published.marts.dim_exchange_rates as rates "
        "on rates.rate_month = lines.report_month and rates.currency_code = lines.currency_code "
        "where line_type = 'USAGE' and side = 'MASTER' and report_month = ? "
        f"{'and list_contains(?, partner_id)' if partners else ''} "
        "group by all having sum(quantity) > 0 order by earned desc",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        yield Note(f"{wording.NO_ACTIVITY} {wording.WIDEN}", "empty")
        return

    def href(product: str) -> str:
        return rows_href(
            "lines",
            report_month=figures.headline,
            product_id=product,
            line_type="USAGE",
            side="MASTER",
            partner_id=partners,
        )

    yield Table(
        "effective-rate",
        f"Effective rate of recordings by product, {month_text(figures.headline)}",
        [
            Column("Product"),
            Column("Gross earnings", "money"),
            Column("Uses", "count"),
            Column("Per 1,000 uses", "money"),
        ],
        [
            [
                Link(figures.names["product"].get(product, product), href(product)),
                Link(Money(earned, figures.currency), href(product)),
                uses,
                Money(earned * 1000 / uses, figures.currency),
            ]
            for product, earned, uses in rows
        ],
        note=f"{INDICATIVE} A use that draws on two recordings counts for each.",
    )


def income_concentration(figures: Figures) -> Iterator[Block]:
    """The distribution of recordings' earnings over main artists, by quarter and currency."""
    rows = figures.view.rows(
        "select quarter_date, concentration.currency_code, artist_count, earned_amount, "
        "top_artist_count, top_artist_share, gini_rate "
        "from published.marts.fct_income_concentration as concentration "
        f"left join {LATEST_RATES} using (currency_code) where quarter_date <= ? "
        "order by quarter_date desc, earned_amount * rate desc nulls last, 2",
        (figures.headline,),
    )
    if not rows:
        yield Note("No earnings of recordings yet.", "empty")
        return
    yield Table(
        "concentration",
        "Concentration of recordings' earnings over main artists",
        [
            Column("Quarter"),
            Column("Currency"),
            Column("Artists", "count"),
            Column("Earnings", "money"),
            Column("Top artists (1 %)", "count"),
            Column("Their share", "share"),
            Column("Gini (0 equal, 1 one artist)", "number"),
        ],
        [
            [
                Link(
                    _quarter_text(quarter, figures.headline),
                    rows_href("concentration", quarter_date=quarter, currency_code=currency),
                ),
                currency,
                artists,
                Money(earned, currency),
                top,
                share,
                round_half_up(gini, 2) if gini is not None else None,
            ]
            for quarter, currency, artists, earned, top, share, gini in rows
        ],
        note="Not available by partner; shows all partners." if figures.selection.partner else "",
    )


def _quarter_text(quarter: date, headline: date) -> str:
    """Apr – Jun 2026; for an unfinished quarter, the months so far."""
    months = [month_before(quarter, -number) for number in range(3)]
    known = [month for month in months if month <= headline]
    return span_text(known) + ("" if known == months else ", so far")
