"""Blocks about money: the bridge, money on hold by age, balances and liabilities.

Amounts in the reporting currency are indicative; exact ones stand in the payout currencies.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from linernotes.base.money import minor_unit_digits, round_half_up
from linernotes.dashboard import wording
from linernotes.dashboard.blocks import Block, Bridge, Column, Link, Note, Step, Table
from linernotes.dashboard.drill import rows_href
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import Money, month_text
from linernotes.packages import wording as codes

INDICATIVE = "Indicative: at the ECB rate of the month's end."
# Steps of the bridge as the waterfall calls them, whose rows they are.
OF_WATERFALL = {
    "service_margin": ("kept_by_service",),
    "no_payee": ("accrued",),
    "exchange_difference": ("contract_fees", "earned"),
    "gross_earnings": ("earned", "training_fees"),
    "on_hold": ("held",),
    "amount_due": ("payable",),
}


def bridge(figures: Figures) -> Block:
    """From net revenue to the amount due in the headline month; of a partner from its earnings."""
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
    """Statements of the headline month in their exact currencies, the largest first."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "select partner_id, currency_code, sum(earned_amount + held_amount), sum(held_amount), "
        "sum(correction_amount), sum(opening_amount), sum(true_up_amount + reserve_released_amount "
        "+ resumed_amount - fee_amount - reserve_taken_amount - recouped_amount - tax_amount "
        "- penalty_amount - suspended_amount), sum(carried_amount), sum(payable_amount), "
        "sum(payable_amount) * any_value((select indicative_rate from "
        "published.marts.dim_exchange_rates as rates where rates.rate_month = report_month "
        "and rates.currency_code = statements.currency_code)) as worth "
        "from published.marts.fct_statements as statements where report_month = ? "
        f"{'and list_contains(?, partner_id)' if partners else ''} "
        "group by all order by worth desc nulls last, partner_id, currency_code",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        yield Note(f"No statements for {month_text(figures.headline)} in this selection.", "empty")
        return
    heads = (
        "Gross earnings",
        "On hold",
        "Adjustments",
        "Brought forward",
        "Deductions",
        "Carried forward",
        "Payable",
    )
    signs = (1, -1, 1, 1, 1, -1, 1)
    yield Table(
        "payouts",
        f"All payout currencies, {month_text(figures.headline)}",
        [Column("Partner"), Column("Currency"), *(Column(head, "money") for head in heads)],
        [
            [
                Link(figures.names["partner"].get(partner, partner), f"/partners/{partner}"),
                currency,
                *(
                    Link(
                        Money(amount * sign, currency),
                        rows_href(
                            "statements",
                            report_month=figures.headline,
                            partner_id=partner,
                            currency_code=currency,
                        ),
                    )
                    for amount, sign in zip(amounts[:7], signs, strict=True)
                ),
            ]
            for partner, currency, *amounts in rows
        ],
        note="Exact, in the currency of each contract. Deductions are negative; each row adds up "
        "to Payable.",
    )


def holds(figures: Figures) -> Iterator[Block]:
    """Money on hold to date, by reason and age, at today's indicative rates."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "with last_rates as (select currency_code, arg_max(indicative_rate, rate_month) as rate "
        "from published.marts.dim_exchange_rates group by all), "
        "open_holds as (select hold_bucket, (amount - released_amount) * rate as amount, "
        "date_diff('day', opened_month + interval 1 month, $1) as days "
        "from published.marts.fct_holds left join last_rates using (currency_code) "
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
        where: Mapping[str, Any] = {"partner_id": list(partners)} if partners else {}
        return rows_href("holds", hold_bucket=bucket, **where)

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
            Column("Why"),
            Column("Next step"),
        ],
        [
            [
                Link(wording.HOLDS.get(bucket, bucket).capitalize(), href(bucket)),
                Link(money(amount), href(bucket)),
                *map(money, ages),
                count,
                *codes.HOLDS.get(bucket, ("", "")),
            ]
            for bucket, amount, *ages, count in rows
        ],
        ["All", *map(money, total), sum(row[5] for row in rows), "", ""],
        note=f"{INDICATIVE} Age since the end of the month in which it was put on hold.",
    )


def liabilities(figures: Figures) -> Iterator[Block]:
    """What is owed to or by partners at the end of the headline month, in exact currencies."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "with to_date as (select contract_id, partner_id, currency_code, "
        "sum(reserve_taken_amount - reserve_released_amount) as reserve, "
        "sum(recouped_amount) as recouped, sum(suspended_amount - resumed_amount) as suspended, "
        "arg_max(carried_amount, report_month) as carried "
        "from published.marts.fct_statements where report_month <= ? "
        f"{'and list_contains(?, partner_id)' if partners else ''} group by all), "
        "terms as (select contract_id, arg_max(advance_amount, contract_version) as advance, "
        "arg_max(minimum_guarantee_amount, contract_version) as guarantee "
        "from published.marts.dim_contracts group by all) "
        "select to_date.*, coalesce(advance, 0), guarantee from to_date "
        "left join terms using (contract_id) "
        "where reserve <> 0 or carried <> 0 or suspended <> 0 or advance > 0 or guarantee > 0 "
        "order by greatest(reserve, carried, coalesce(advance, 0) - recouped) desc, contract_id",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        yield Note("No advances, guarantees or reserves in this selection.", "empty")
        return
    yield Table(
        "liabilities",
        f"Advances, guarantees, reserves and balances at the end of {month_text(figures.headline)}",
        [
            Column("Contract"),
            Column("Partner"),
            Column("Reserve held", "money"),
            Column("Carried forward", "money"),
            Column("Suspended", "money"),
            Column("Advance not recouped", "money"),
            Column("Minimum guarantee", "money"),
        ],
        [
            [
                Link(contract, rows_href("statements", contract_id=contract)),
                figures.names["partner"].get(partner, partner),
                Money(reserve, code),
                Money(carried, code),
                Money(suspended, code),
                Money(advance - recouped, code) if advance else None,
                Money(guarantee, code) if guarantee else None,
            ]
            for (
                contract,
                partner,
                code,
                reserve,
                recouped,
                suspended,
                carried,
                advance,
                guarantee,
            ) in rows
        ],
        note="Exact, in the currency of each contract.",
    )


def rates(figures: Figures) -> Iterator[Block]:
    """What a use earned per product, with the count it is divided by."""
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
        return
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
                figures.names["product"].get(product, product),
                Money(earned, figures.currency),
                uses,
                Money(earned * 1000 / uses, figures.currency),
            ]
            for product, earned, uses in rows
        ],
        note=f"{INDICATIVE} A use that draws on two recordings counts for each.",
    )


def top_objects(figures: Figures) -> Iterator[Block]:
    """How much of the gross earnings goes to the recordings and works that earn most."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "with earned as (select side, object_id, sum(amount * indicative_rate) as amount "
        "from published.marts.fct_compensation_lines as lines "
        "join published.marts.dim_exchange_rates as rates "
        "on rates.rate_month = lines.report_month and rates.currency_code = lines.currency_code "
        "where line_type = 'USAGE' and object_id is not null and report_month = ? "
        f"{'and list_contains(?, partner_id)' if partners else ''} group by all), "
        "ranked as (select side, amount, percent_rank() over (partition by side "
        "order by amount desc) as place, count(*) over (partition by side) as things from earned) "
        "select side, any_value(things), sum(amount), sum(amount) filter (where place <= 0.01), "
        "sum(amount) filter (where place <= 0.1) from ranked group by all order by side",
        (figures.headline, partners) if partners else (figures.headline,),
    )
    if not rows:
        return
    yield Table(
        "concentration",
        f"Concentration of earnings, {month_text(figures.headline)}",
        [
            Column("Side"),
            Column("Recordings or works that earned", "count"),
            Column("Gross earnings", "money"),
            Column("Top 1 %", "share"),
            Column("Top 10 %", "share"),
        ],
        [
            [
                wording.CODES.get(side, side),
                count,
                Money(amount, figures.currency),
                (one or Decimal(0)) / amount if amount else None,
                (ten or Decimal(0)) / amount if amount else None,
            ]
            for side, count, amount, one, ten in rows
        ],
        note=INDICATIVE,
    )
