"""The money of a statement: the amount due, its calculation, balances, exchange rates and tax.

Who pays whom is in `document_parties`, money on hold in `document_holds`. Figures come from the
statements and reports; `statement.typ` defines the layout of parts.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from linernotes.base.money import minor_unit_digits, round_half_up
from linernotes.base.sql import literal, literals
from linernotes.ledger.balance import EARNING_TYPES
from linernotes.ledger.records import StatementRecord
from linernotes.packages import wording
from linernotes.packages.balance_terms import AMOUNT_DUE, bridge
from linernotes.packages.charts import monthly_chart
from linernotes.packages.document_figures import (
    LINES,
    ZERO,
    Figures,
    Statements,
    gross_by_contract,
    sum_of,
)
from linernotes.packages.document_parties import due_text
from linernotes.packages.document_parts import (
    Part,
    band,
    chart,
    counted,
    heading,
    money,
    paragraph,
    table,
)

MONTHS_CHARTED = 12
# If there are more contracts than fit across a page, they are listed in a table below.
CONTRACTS_SIDE_BY_SIDE = 3


def amounts_due(figures: Figures, statements: Statements) -> Iterator[Part]:
    """One band per currency, ordered by the largest amount."""
    for currency in statements.currencies:
        own = statements.of(currency)
        due = sum((Decimal(one.totals["payable_amount"]) for one in own), ZERO)
        yield band(
            f"{AMOUNT_DUE}, {currency}",
            f"{money(due, currency)} {currency}",
            " ".join(_why_not_all(figures, own, currency))
            or f"payable by {due_text(figures, statements)}",
        )


def _why_not_all(
    figures: Figures, statements: Sequence[StatementRecord], currency: str
) -> Iterator[str]:
    """The amounts that are carried forward or suspended, with the reason."""
    for one in statements:
        carried, suspended = (
            Decimal(one.totals[term]) for term in ("carried_amount", "suspended_amount")
        )
        if carried < 0:
            yield f"{money(carried, currency)} carried forward: the balance is negative."
        elif carried:
            [(least,)] = figures.of_contracts(
                "dim_contracts",
                "max_by(minimum_payout_amount, contract_version)",
                f"and contract_id = {literal(one.contract_id)}",
            )
            minimum = money(round_half_up(least, _digits(currency)), currency) if least else ""
            least_text = f" of {minimum}" if minimum else ""
            yield (
                f"{money(carried, currency)} carried forward: below the minimum payout{least_text}."
            )
        if suspended:
            yield f"{money(suspended, currency)} waits: the account is suspended."


def _digits(currency: str) -> int:
    return minor_unit_digits(currency)


def how_it_comes_about(figures: Figures, statements: Statements) -> Iterator[Part]:
    """The bridge of every contract, from the amount brought forward to the amount due."""
    yield heading("Payment summary")
    gross = gross_by_contract(figures)
    records = statements.records
    for start in range(0, len(records), CONTRACTS_SIDE_BY_SIDE):
        shown = records[start : start + CONTRACTS_SIDE_BY_SIDE]
        steps = bridge(shown, gross)
        rows = [
            [
                step.name,
                *(
                    money(amount, one.currency_code)
                    for amount, one in zip(step.amounts, shown, strict=True)
                ),
            ]
            for step in steps
        ]
        yield table(
            ["*Each contract", *(f"#{one.contract_id}, {one.currency_code}" for one in shown)],
            rows[:-1],
            rows[-1],
            strong=[at for at, step in enumerate(steps[:-1]) if step.is_result],
        )
    yield paragraph(
        "Earnings are gross, amounts on hold included. Rows above Balance add up to it; Balance "
        "and what follows add up to the amount due."
    )


def month_by_month(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Why this month's balance differs from the previous one, cause by cause."""
    months = figures.history(
        "rpt_partner__compensation_statement",
        "strftime(report_month, '%Y-%m'), currency_code, sum(payable_amount), sum(held_amount)",
        "group by all order by all",
    )
    causes = figures.connection.cursor().execute(CAUSES, [
        figures.partner_id, figures.month, figures.month_before,
    ]).fetchall()  # fmt: skip
    for currency in statements.currencies:
        charted = [row for row in months if row[1] == currency][-MONTHS_CHARTED:]
        rows = [row for row in causes if row[0] == currency]
        has_change = any(before for *_, before in rows)
        if len(charted) > 1 and any(payable or held for _, _, payable, held in charted):
            bars = [
                (month, {AMOUNT_DUE: payable, "On hold": held})
                for month, _, payable, held in charted
            ]
            has_due, has_held = (any(row[at] for row in charted) for at in (2, 3))
            names = [AMOUNT_DUE] * has_due + ["Net movement on hold"] * has_held
            shown = " and ".join(names[:1] + [name.lower() for name in names[1:]])
            yield heading(f"{shown} by month, {currency}", 3)
            amounts = "; ".join(
                f"{month} due {money(payable, currency)}, on hold {money(held, currency)}"
                for month, _, payable, held in charted
            )
            yield chart(monthly_chart(currency, bars), f"Bars by month, in {currency}: {amounts}.")
        if has_change:
            yield heading(f"Change from previous month, {currency}", 3)
            sums = [sum((row[at] for row in rows), ZERO) for at in (3, 4)]
            yield table(
                ["*Cause", "#Previous month", "#This month", "#Change"],
                [
                    [_cause(line_type, product), *_changed(before, now, currency)]
                    for _, line_type, product, now, before in rows
                ],
                ["Balance of the month", *_changed(sums[1], sums[0], currency)],
            )


CAUSES = """
    with causes as (
        select
            currency_code,
            line_type,
            case when line_type = 'USAGE' then product_name end as product_name,
            coalesce(sum(amount) filter (where report_month = $2), 0) as now_amount,
            coalesce(sum(amount) filter (where report_month = $3), 0) as before_amount
        from published.reports.rpt_partner__compensation_lines
        where partner_id = $1 and report_month in ($2, $3) and hold_bucket is null
        group by all
    )
    select *
    from causes
    where now_amount <> 0 or before_amount <> 0
    order by
        currency_code,
        line_type <> 'USAGE',
        abs(now_amount - before_amount) desc,
        line_type,
        product_name
"""


def _cause(line_type: str, product: str | None) -> str:
    if product:
        return f"{product} usage"
    name = wording.line_type_name(line_type)
    return f"Adjustment: {name.lower()}" if line_type in wording.CORRECTIONS else name


def _changed(before: Decimal, now: Decimal, currency: str) -> list[str]:
    return [money(before, currency), money(now, currency), money(now - before, currency)]


def balances(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Advance, reserve and guarantee, from opening to closing balance."""
    rows = figures.balances(
        "contract_id, balance_kind, currency_code, opening_amount, added_amount, used_amount, "
        "closing_amount, guaranteed_amount, period_end_date",
        "order by contract_id, balance_kind",
    )
    if not rows:
        return
    yield heading("Balances")
    moving = [row for row in rows if row[1] != "guarantee"]
    if moving:
        yield table(
            ["Balance", "*Contract", "#Opening", "#Added", "#Used", "#Closing"],
            [
                [
                    wording.BALANCES[kind],
                    f"{contract}, {currency}",
                    money(opening, currency),
                    money(added, currency),
                    money(-used, currency),
                    money(closing, currency),
                ]
                for contract, kind, currency, opening, added, used, closing, *_ in moving
            ],
        )
    releases = _releases(figures)
    if releases:
        yield paragraph(f"Reserve to be released: {'; '.join(releases)}.")
    guaranteed = [row for row in rows if row[1] == "guarantee"]
    if guaranteed:
        yield table(
            [
                "*Minimum guarantee",
                "Period ends",
                "#Guaranteed",
                "#Earned to date",
                "#Still to earn",
            ],
            [
                [
                    f"{contract}, {currency}",
                    wording.day_name(ends - timedelta(days=1), short=True),
                    money(guarantee, currency),
                    money(closing, currency),
                    money(max(guarantee - closing, ZERO), currency),
                ]
                for contract, _, currency, _, _, _, closing, guarantee, ends in guaranteed
            ],
        )


def _releases(figures: Figures) -> list[str]:
    """The reserves that are not yet released, by the month of their release."""
    takes = figures.history(
        LINES,
        "contract_id, currency_code, line_id, -amount, report_month, contract_version",
        "and line_type = 'RESERVE_TAKE' and line_id not in ("
        "select original_line_id from published.reports.rpt_partner__compensation_lines as later "
        "where later.line_type = 'RESERVE_RELEASE' and later.original_line_id is not null "
        f"and later.report_month <= date '{figures.month}') order by report_month, contract_id",
    )
    after = {
        (contract, version): months
        for contract, version, months in figures.of_contracts(
            "dim_contracts", "contract_id, contract_version, reserve_release_after_months"
        )
    }
    texts = []
    for contract, currency, _, amount, reserved_in, version in takes:
        months = after.get((contract, version))
        if months is not None:
            number = reserved_in.year * 12 + reserved_in.month - 1 + months
            texts.append(
                f"{money(amount, currency)} {currency} of {contract} in "
                f"{wording.month_name(date(number // 12, number % 12 + 1, 1))}"
            )
    return texts


def exchange_rates(figures: Figures, statements: Statements) -> Iterator[Part]:
    """The rates at which fees of pools were converted, with their dates."""
    rows = figures.ask(
        "rpt_partner__pool_totals",
        "currency_code, payout_currency_code, fx_date, fx_rate, count(*)",
        "and currency_code <> payout_currency_code group by all "
        "order by payout_currency_code, currency_code, fx_date",
    )
    if not rows:
        return
    yield heading("Exchange rates")
    yield table(
        ["From", "To", "Rate of", "#Rate", "*Used for"],
        [
            [
                pool,
                payout,
                wording.day_name(day, short=True) if day else "–",
                f"{rate:,.10f}",
                counted(pools, "pool"),
            ]
            for pool, payout, day, rate, pools in rows
        ],
    )
    yield paragraph(
        "The rate is the amount in the second currency for one unit of the first, calculated from "
        "the euro reference rates of the European Central Bank."
    )


def tax(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Tax withheld by source territory, with the earnings there and the rate."""
    rows = figures.ask(
        LINES,
        "contract_id, territory, currency_code, "
        f"coalesce(sum(amount) filter (where line_type in ({literals(EARNING_TYPES)})), 0), "
        "coalesce(-sum(amount) filter (where line_type = 'WITHHOLDING' "
        "and original_line_id is null), 0), "
        "coalesce(-sum(amount) filter (where line_type = 'WITHHOLDING' "
        "and original_line_id is not null), 0)",
        "and hold_bucket is null and territory is not null group by all "
        "having count(*) filter (where line_type = 'WITHHOLDING') > 0 "
        "order by contract_id, territory",
    )
    if not rows:
        return
    rates = {
        (contract, territory): rate
        for contract, territory, rate in figures.of_contracts(
            "dim_withholding_rates",
            "contract_id, source_territory, max_by(rate, valid_from)",
            f"and valid_from < timestamp '{figures.month_after}' and "
            f"coalesce(valid_to > timestamp '{figures.month}', true) group by all",
        )
    }
    parts = {one.contract_id: _taxed_part(one) for one in statements.records}
    yield heading("Tax withheld by source territory")
    for one in statements.records:
        own = [row for row in rows if row[0] == one.contract_id]
        currency = one.currency_code
        if not own:
            continue
        taxed, whole = parts[one.contract_id]
        yield table(
            [
                f"*{one.contract_id}, {currency}",
                "#Earned there",
                "#Taxable",
                "#Rate",
                "#Tax on it",
                "#Tax on reserve released",
            ],
            [
                [
                    territory,
                    money(earned, currency),
                    money(round_half_up(earned * taxed / whole, _digits(currency)), currency),
                    _percent(rates.get((contract, territory))),
                    money(withheld, currency),
                    money(on_release, currency),
                ]
                for contract, territory, _, earned, withheld, on_release in own
            ],
            ["Total", "", "", "", *(money(sum_of(own, at), currency) for at in (4, 5))],
        )
    yield paragraph(
        "Taxable is what was earned there less its share of reserve taken and advance recouped; "
        "territories without tax are not listed."
    )


def _taxed_part(statement: StatementRecord) -> tuple[Decimal, Decimal]:
    """The taxed part of the earnings, and the whole."""
    terms = {name: Decimal(text) for name, text in statement.totals.items()}
    base = terms["earned_amount"] + terms["correction_amount"]
    if base <= 0:
        return Decimal(1), Decimal(1)
    left = base - terms["reserve_taken_amount"] - terms["recouped_amount"]
    return max(left, ZERO), base


def _percent(rate: Decimal | None) -> str:
    return "–" if rate is None else f"{(rate * 100).normalize():f} %"
