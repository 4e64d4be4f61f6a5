-- One row per pool whose lines late fraud changes by amounts that do not sum to zero,
-- because its contracts have different shares. The remainder belongs to the service: a
-- line of the pool without a contract and without a bucket, in the pool's currency. It
-- brings the sum of issued and open changes to zero, because contracts of a pool may be
-- issued at different freezes. Columns as in int_statements__correction_lines.
with
    recalculated as (
        select
            lines.*,
            amount_minor_units_after - amount_minor_units_before as amount_minor_units
        from {{ ref("stg_revaluation__lines") }} as lines
    ),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    -- By contract and version, converted back at the rates of their lines.
    moved_by_fraud as (
        select
            recalculated.pool_id,
            recalculated.usage_month,
            recalculated.territory,
            recalculated.product_id,
            recalculated.tier,
            recalculated.side,
            recalculated.pool_currency_code,
            recalculated.pool_fx_rate,
            recalculated.currency_code,
            recalculated.minor_unit_digits,
            currencies.minor_unit_digits as pool_minor_unit_digits,
            cast(null as date) as report_month,
            {{ wide("sum(recalculated.amount_minor_units)") }} as units
        from recalculated
        inner join
            {{ ref("currencies") }} as currencies
            on currencies.currency_code = recalculated.pool_currency_code
        where recalculated.input_class = 'fraud' and recalculated.pool_id is not null
        group by all
    ),
    rates as (
        select *
        from {{ ref("stg_ledger__pools") }}
        qualify
            row_number() over (
                partition by pool_id, contract_id, contract_version
                order by sequence desc, report_month desc
            )
            = 1
    ),
    -- The same of statements that are issued, as their month's run had converted it.
    issued_for_fraud as (
        select
            lines.pool_id,
            lines.usage_month,
            lines.territory,
            lines.product_id,
            lines.tier,
            lines.side,
            coalesce(rates.currency_code, lines.currency_code) as pool_currency_code,
            rates.fx_rate as pool_fx_rate,
            lines.currency_code,
            currencies.minor_unit_digits,
            pool_currencies.minor_unit_digits as pool_minor_unit_digits,
            lines.report_month,
            {{
                wide(
                    "sum("
                    ~ stored_minor_units(
                        "lines.amount", "currencies.minor_unit_digits"
                    )
                    ~ ")"
                )
            }} as units
        from {{ ref("stg_ledger__lines") }} as lines
        left join
            rates
            on rates.pool_id = lines.pool_id
            and rates.contract_id = lines.contract_id
            and rates.contract_version = lines.contract_version
        inner join
            {{ ref("currencies") }} as currencies
            on currencies.currency_code = lines.currency_code
        inner join
            {{ ref("currencies") }} as pool_currencies
            on pool_currencies.currency_code
            = coalesce(rates.currency_code, lines.currency_code)
        where
            lines.line_type
            in ('SPAM_ADJUSTMENT', 'FRAUD_REDISTRIBUTION', 'DISPUTE_RESOLUTION')
            and lines.pool_id is not null
        group by all
    ),
    moved as (
        select *
        from moved_by_fraud
        union all
        select *
        from issued_for_fraud
    ),
    residuals as (
        select
            pool_id,
            usage_month,
            territory,
            product_id,
            tier,
            side,
            pool_currency_code,
            pool_minor_unit_digits,
            - sum(
                case
                    when currency_code = pool_currency_code
                    then units
                    else
                        case when units < 0 then -1 else 1 end * (
                            {{
                                mul_div_round(
                                    "abs(units)",
                                    pow10(10)
                                    ~ " * "
                                    ~ minor_unit_divisor("minor_unit_digits", 4),
                                    "("
                                    ~ scaled("pool_fx_rate", 10)
                                    ~ " * "
                                    ~ minor_unit_divisor("pool_minor_unit_digits", 4)
                                    ~ ")",
                                )
                            }}
                        )
                end
            ) as units
        from moved
        group by all
    )
select
    'FRAUD_REDISTRIBUTION' as line_type,
    {{
        full_line_key(
            absent=[
                "contract_id",
                "contract_version",
                "object_id",
                "owner_party_id",
                "hold_bucket",
                "consent_status",
                "consent_proof_id",
            ],
            relation="residuals",
        )
    }} as line_key,
    residuals.pool_id,
    residuals.territory,
    residuals.product_id,
    residuals.tier,
    residuals.side,
    cast(null as {{ t_str() }}) as partner_id,
    cast(null as {{ t_str() }}) as contract_id,
    cast(null as {{ t_bigint() }}) as contract_version,
    cast(null as {{ t_str() }}) as object_id,
    cast(null as {{ t_str() }}) as owner_party_id,
    cast(null as {{ t_str() }}) as hold_bucket,
    cast(null as {{ t_str() }}) as consent_status,
    cast(null as {{ t_str() }}) as consent_proof_id,
    cast(null as {{ t_str() }}) as original_line_id,
    'timely' as usage_layer,
    cast(0 as {{ t_bigint() }}) as quantity,
    cast(0 as {{ t_dec(38, 0) }}) as weight_nano,
    {{ wide("residuals.units") }} as amount_minor_units,
    residuals.pool_minor_unit_digits as minor_unit_digits,
    residuals.pool_currency_code as currency_code,
    issued.next_report_month as report_month,
    residuals.usage_month
from residuals
inner join
    issued
    on issued.contract_id = 'unallocated'
    and issued.last_report_month >= residuals.usage_month
where residuals.units <> 0
