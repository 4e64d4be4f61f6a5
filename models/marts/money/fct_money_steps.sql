-- One row per month, step, partner, product, territory, side, hold bucket and currency:
-- the flow of money. From net revenue to the service's margin, amounts are in the
-- pools' currencies; from contract earnings to payments, in payout currencies. Amounts
-- are signed, so that the steps of a chain sum to its result. Each row also has the
-- indicative amount in the reporting currency.
with
    pools as (select * from {{ ref("fct_pools") }}),
    pool_fees as (select * from {{ ref("fct_pool_fees") }}),
    compensation_lines as (select * from {{ ref("fct_compensation_lines") }}),
    earning_types as (
        select line_type, is_correction
        from {{ ref("dim_line_types") }}
        where is_earning
    ),
    statements as (select * from {{ ref("fct_statements") }}),
    exchange_rates as (select * from {{ ref("dim_exchange_rates") }}),
    -- Both sides share one revenue, so it is taken from only one side.
    pool_steps as (
        select
            usage_month as report_month,
            'net_revenue' as step_name,
            cast(null as {{ t_str() }}) as partner_id,
            product_id,
            territory,
            cast(null as {{ t_str() }}) as side,
            cast(null as {{ t_str() }}) as hold_bucket,
            currency_code,
            net_amount as amount
        from pools
        where side = 'MASTER'
        union all
        select
            usage_month as report_month,
            'contract_fees' as step_name,
            partner_id,
            product_id,
            territory,
            side,
            cast(null as {{ t_str() }}) as hold_bucket,
            currency_code,
            - fee_amount as amount
        from pool_fees
        union all
        select
            report_month,
            'accrued' as step_name,
            cast(null as {{ t_str() }}) as partner_id,
            product_id,
            territory,
            side,
            hold_bucket,
            currency_code,
            - amount as amount
        from compensation_lines
        -- Amounts that the service keeps because of late fraud are not accrued.
        where contract_id is null and hold_bucket is not null
    ),
    payout_steps as (
        select
            lines.report_month,
            case
                when earning_types.is_correction
                then 'adjustments'
                when lines.line_type = 'TRAINING_FEE'
                then 'training_fees'
                else 'earned'
            end as step_name,
            lines.partner_id,
            lines.product_id,
            lines.territory,
            lines.side,
            cast(null as {{ t_str() }}) as hold_bucket,
            lines.currency_code,
            lines.amount
        from compensation_lines as lines
        inner join earning_types on earning_types.line_type = lines.line_type
        where lines.contract_id is not null
        union all
        select
            report_month,
            'held' as step_name,
            partner_id,
            product_id,
            territory,
            side,
            hold_bucket,
            currency_code,
            - amount as amount
        from compensation_lines
        where
            contract_id is not null
            and hold_bucket is not null
            and line_type in (select line_type from earning_types)
        {%- for step, expression in [
                ("carried_in", "opening_amount"),
                ("umbrella_fee", "- fee_amount"),
                ("guarantee", "true_up_amount"),
                ("reserve_taken", "- reserve_taken_amount"),
                ("reserve_released", "reserve_released_amount"),
                ("recouped", "- recouped_amount"),
                ("tax", "- tax_amount"),
                ("penalty", "- penalty_amount"),
                ("resumed", "resumed_amount"),
                ("suspended", "- suspended_amount"),
                ("carried_out", "- carried_amount"),
                ("payable", "payable_amount"),
            ] %}
            union all
            select
                report_month,
                '{{ step }}' as step_name,
                partner_id,
                cast(null as {{ t_str() }}) as product_id,
                cast(null as {{ t_str() }}) as territory,
                side,
                cast(null as {{ t_str() }}) as hold_bucket,
                currency_code,
                {{ expression }} as amount
            from statements
            {%- if step not in [
                    "carried_in",
                    "umbrella_fee",
                    "carried_out",
                    "payable",
                ] %}
                where {{ expression }} <> 0
            {%- endif %}
        {%- endfor %}
    ),
    steps as (
        select *
        from pool_steps
        union all
        select
            report_month,
            'kept_by_service' as step_name,
            cast(null as {{ t_str() }}) as partner_id,
            product_id,
            territory,
            cast(null as {{ t_str() }}) as side,
            cast(null as {{ t_str() }}) as hold_bucket,
            currency_code,
            amount
        from pool_steps
        union all
        select *
        from payout_steps
    ),
    summed as (
        select
            report_month,
            step_name,
            partner_id,
            product_id,
            territory,
            side,
            hold_bucket,
            currency_code,
            sum(cast(amount as {{ t_dec(24, 6) }})) as amount
        from steps
        group by all
    )
select
    cast(summed.report_month as date) as report_month,
    cast(summed.step_name as {{ t_str() }}) as step_name,
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(summed.product_id as {{ t_str() }}) as product_id,
    cast(summed.territory as {{ t_str() }}) as territory,
    cast(summed.side as {{ t_str() }}) as side,
    cast(summed.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(summed.amount as {{ t_dec(24, 6) }}) as amount,
    cast(summed.currency_code as {{ t_str() }}) as currency_code,
    {{ reporting_amount("summed.amount", "exchange_rates.indicative_rate") }}
    as reporting_amount,
    cast(
        '{{ var("reporting_currency_code") }}' as {{ t_str() }}
    ) as reporting_currency_code
from summed
left join
    exchange_rates
    on exchange_rates.rate_month = summed.report_month
    and exchange_rates.currency_code = summed.currency_code
