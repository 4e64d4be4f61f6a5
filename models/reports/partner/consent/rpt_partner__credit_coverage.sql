-- One row per partner, month and product with a derivative of the partner's sources
-- that could be heard. A derivative is covered when it shows every artist and writer
-- of them.
with
    names_required as (select * from {{ ref("fct_required_credits") }}),
    products as (select * from {{ ref("dim_products") }}),
    by_derivative as (select * from {{ ref("fct_derivative_credits") }}),
    lags as (
        select
            partner_id,
            usage_month,
            product_id,
            {{ quantile("seconds_to_display", 0.5) }} as median_seconds,
            {{ quantile("seconds_to_display", 0.95) }} as p95_seconds
        from names_required
        group by all
    ),
    summed as (
        select
            partner_id,
            usage_month,
            product_id,
            count(*) filter (where has_names) as derivative_count,
            count(*) filter (where is_covered) as covered_derivative_count,
            sum(required_name_count) as name_count,
            sum(shown_name_count) as shown_name_count,
            sum(nameless_source_count) as nameless_source_count
        from by_derivative
        group by all
    )
select
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(summed.usage_month as date) as report_month,
    cast(summed.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(summed.derivative_count as {{ t_bigint() }}) as derivative_count,
    cast(
        summed.covered_derivative_count as {{ t_bigint() }}
    ) as covered_derivative_count,
    cast(
        {{ div_round("summed.covered_derivative_count", "summed.derivative_count", 4) }}
        as {{ t_dec(18, 4) }}
    ) as credit_coverage_share,
    cast(summed.name_count as {{ t_bigint() }}) as required_credit_count,
    cast(summed.shown_name_count as {{ t_bigint() }}) as shown_credit_count,
    cast(
        {{ div_round("summed.shown_name_count", "summed.name_count", 4) }}
        as {{ t_dec(18, 4) }}
    ) as shown_credit_share,
    cast(summed.nameless_source_count as {{ t_bigint() }}) as nameless_source_count,
    cast(
        {{ div_round("lags.median_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as median_hours_to_credit,
    cast(
        {{ div_round("lags.p95_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as p95_hours_to_credit
from summed
inner join
    lags
    on lags.partner_id = summed.partner_id
    and lags.usage_month = summed.usage_month
    and lags.product_id = summed.product_id
left join products on products.product_id = summed.product_id
