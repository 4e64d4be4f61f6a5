"""The source of all DSR files of a partner and month: the month's lines, each with its pool.

`financial` and `items` make records from them.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.sql import literal
from linernotes.ddex.files import cell_text
from linernotes.ddex.record_sql import of_micro, rounded

# The decimal places of amounts in transaction currency and of prices per unit.
FINE_DIGITS = 6
COMMERCIAL_MODELS = {
    "paid_addon": "SubscriptionModel",
    "ad_supported": "AdvertisementSupportedModel",
    "free_allowance": "FreeOfChargeModel",
}
# A play of content made from delivered tracks. DDEX has no value for making it.
USE_TYPES = {"plays": "UserMakeAvailableLabelProvided", "generations": "UserDefined"}


def prepare_lines(connection: duckdb.DuckDBPyConnection, partner_id: str, month: date) -> None:
    """Stores the month's lines, each with its pool.

    A pool's fee is shared out in its own currency as in the payout currency: by weight, and units
    left over by largest remainder, so that the parts sum to the fee. The part of the pool's net
    revenue for the partner's weight is shared out over its lines in the same way; if the partner
    may not see the pool, the earnings of the lines replace it. A correction has none.
    """
    connection.execute(LINES, {"partner_id": partner_id, "month": month})


LINES = """
    create or replace temp table dsr_lines as
    with
        pooled as (
            select lines.*, case when line_type = 'USAGE' then '' else line_type end as correction
            from published.reports.rpt_partner__compensation_lines as lines
            where partner_id = $partner_id and report_month = $month and pool_id is not null
        ),
        originals as (
            select line_id as original_line_id, quantity, weight_nano
            from published.reports.rpt_partner__compensation_lines
            where
                partner_id = $partner_id and report_month <= $month and quantity <> 0
                and line_id in (select original_line_id from pooled)
        ),
        with_pools as (
            select
                pooled.*,
                pools.currency_code as pool_currency_code,
                pools.net_amount,
                pools.total_quantity,
                pools.subscribers,
                pools.revenue_share,
                pools.per_subscriber_minimum,
                pools.per_use_minimum,
                pools.rate,
                pools.fx_rate,
                pools.fx_date,
                cast(pools.fee_amount * 1000000 as hugeint) as fee_units,
                cast(pools.net_amount * 1000000 as hugeint) as net_units_of_pool,
                coalesce(originals.quantity, pooled.quantity) as share_quantity,
                coalesce(originals.weight_nano, pooled.weight_nano) as share_weight_nano,
                sum(pooled.weight_nano) over key_of_line as key_weight_nano
            from pooled
            left join published.reports.rpt_partner__pool_totals as pools
                on pooled.partner_id = pools.partner_id
                and pooled.report_month = pools.report_month
                and pooled.pool_id = pools.pool_id
                and pooled.contract_id = pools.contract_id
                and pooled.contract_version = pools.contract_version
                and pooled.correction = ''
            left join originals on originals.original_line_id = pooled.original_line_id
            window key_of_line as (
                partition by
                    pooled.contract_id,
                    pooled.contract_version,
                    pooled.pool_id,
                    pooled.correction
            )
        ),
        shared_out as (
            select
                *,
                case when key_weight_nano > 0
                    then fee_units * weight_nano::hugeint // cast(key_weight_nano as hugeint) else 0
                end as whole_units,
                case when key_weight_nano > 0
                    then fee_units * weight_nano::hugeint % cast(key_weight_nano as hugeint) else 0
                end as rest,
                -- Of the pool's net revenue what goes with the contract's weight, rounded half-up.
                case when total_quantity > 0
                    then (
                        2 * net_units_of_pool * cast(key_weight_nano as hugeint)
                        + total_quantity::hugeint * 1000000000
                    ) // (2 * total_quantity::hugeint * 1000000000)
                end as key_net_units,
                cast(
                    sum(weight_nano) over (
                        partition by contract_id, contract_version, pool_id, correction
                        order by line_id
                    ) as hugeint
                ) as weight_so_far_nano
            from with_pools
        ),
        ranked as (
            select
                *,
                row_number() over (key_of_line order by rest desc, line_id) as place,
                fee_units - sum(whole_units) over key_of_line as missing_units
            from shared_out
            window key_of_line as (
                partition by contract_id, contract_version, pool_id, correction
            )
        ),
        in_units as (
            select
                ranked.* exclude (
                    rest, place, whole_units, missing_units, net_units_of_pool, key_net_units,
                    weight_so_far_nano
                ),
                whole_units + case when place <= missing_units then 1 else 0 end as units,
                case
                    when correction <> '' then 0
                    when key_net_units is null
                    then whole_units + case when place <= missing_units then 1 else 0 end
                    when key_weight_nano <= 0 then 0
                    else
                        key_net_units * weight_so_far_nano // cast(key_weight_nano as hugeint)
                        - key_net_units * (weight_so_far_nano - weight_nano::hugeint)
                        // cast(key_weight_nano as hugeint)
                end as net_units,
                -- A correction is made in the currency of the payout.
                case
                    when currency_code = pool_currency_code then 1 else coalesce(fx_rate, 1)
                end as payout_rate
            from ranked
        )
    select
        in_units.*,
        case
            when correction <> '' then cast(amount::decimal(32, 6) * 1000000 as hugeint) else units
        end as transaction_units,
        {net_of_payout} as net_payout_amount,
        products.product_kind,
        products.weight_basis
    from in_units
    left join published.marts.dim_products as products using (product_id)
""".replace(
    # Each line is rounded separately.
    "{net_of_payout}",
    rounded(f"{of_micro('net_units')} * payout_rate", "currency_code"),
)
KEYS = ("contract_id", "contract_version", "pool_id", "correction")
KEY = ", ".join(KEYS)


# The uses of each summary's lines, each counted once, however many lines it has earned.
DISTINCT_USES = f"""
    create or replace temp table dsr_uses as
    select {KEY}, sum(quantity)::bigint as used
    from (
        select distinct {KEY}, use_id, uses.quantity
        from read_parquet($uses) as uses
        inner join dsr_lines using (line_id)
    )
    group by all
"""


def count_uses(connection: duckdb.DuckDBPyConnection, uses: list[Path]) -> None:
    """Stores the number of distinct uses of each summary's lines.

    Args:
        connection: A connection with prepared lines.
        uses: The files of uses stored with the statements; at least one.
    """
    connection.execute(DISTINCT_USES, {"uses": [str(file) for file in uses]})


# The number of each summary, in the order of the keys.
NUMBERS = f"""
    create or replace temp table dsr_numbers as
    select {KEY}, format('S{{:06d}}', row_number() over (order by {KEY})) as summary_number
    from (select distinct {KEY} from dsr_lines where $condition)
"""


def number_summaries(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    """Stores a number for each summary of the lines that satisfy a condition."""
    connection.execute(NUMBERS.replace("$condition", condition))


def in_order(condition: str = "true", also: str = "", join: str = "") -> str:
    """A query for lines with the number of their summary, in the order of the file.

    Args:
        condition: A condition for the lines.
        also: Further columns of tables joined to `lines`, each preceded by a comma.
        join: SQL of the join.
    """
    same = " and ".join(f"lines.{key} is not distinct from numbers.{key}" for key in KEYS)
    order = ", ".join(f"lines.{key}" for key in KEYS)
    return (
        f"select lines.*, summary_number{also} "
        f"from (select * from dsr_lines where {condition}) as lines "
        f"inner join dsr_numbers as numbers on {same} {join} "
        f"order by {order}, title nulls first, object_id, lines.line_id"
    )


def services(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for DDEX's service name of a line, by its product."""
    products = connection.execute(
        "select distinct product_id, product_kind from dsr_lines "
        "where product_id is not null order by all"
    ).fetchall()
    cases = " ".join(
        f"when {literal(product)} then {literal(cell_text(service_of(kind, product)))}"
        for product, kind in products
    )
    return f"case product_id {cases} end" if cases else "''"


def percentage(part: Any, whole: Any) -> Decimal:
    """A share of weight as a percentage with six decimals; 0 if the whole is 0.

    Every percentage of a file has this precision; `record_sql` computes the same for single lines.
    """
    return fine(Decimal(part) / whole / 10**7) if whole else Decimal(0)


def fine(number: Decimal, digits: int = FINE_DIGITS) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def of_units(units: Any) -> Decimal:
    return Decimal(int(units or 0)).scaleb(-FINE_DIGITS)


def service_of(kind: str | None, product_id: str) -> str:
    """DDEX's name of the service: AICover, AIRemix."""
    words = (kind or product_id.removeprefix("ai-")).replace("_", "-").split("-")
    return "AI" + "".join(word.capitalize() for word in words)
