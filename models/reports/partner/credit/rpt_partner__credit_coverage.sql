-- One row per partner, month and product with a derivative that could be heard and has
-- a source of the partner. A derivative is covered if it shows all artists and writers
-- of the partner's sources, and fully credited if it shows those of all sources.
with
    products as (select * from {{ ref("dim_products") }}),
    by_derivative as (
        select * from {{ ref("fct_derivative_credits") }} where partner_id is not null
    ),
    displays as (
        select * from {{ ref("fct_credits") }} where seconds_to_display is not null
    ),
    lags as (
        select
            by_derivative.partner_id,
            by_derivative.report_month,
            by_derivative.product_id,
            {{ quantile("displays.seconds_to_display", 0.5) }} as median_seconds,
            {{ quantile("displays.seconds_to_display", 0.95) }} as p95_seconds
        from by_derivative
        inner join
            displays
            on displays.derivative_id = by_derivative.derivative_id
            and displays.published_month = by_derivative.report_month
        group by all
    ),
    summed as (
        select
            partner_id,
            report_month,
            product_id,
            count(*) as derivative_count,
            count(*) filter (where is_own_fully_credited) as covered_derivative_count,
            count(*) filter (where is_fully_credited) as credited_derivative_count,
            count(*) filter (where has_every_identifier) as identified_derivative_count,
            sum(own_required_name_count) as name_count,
            sum(own_shown_name_count) as shown_name_count,
            sum(own_nameless_source_count) as nameless_source_count
        from by_derivative
        group by all
    )
select
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(summed.report_month as date) as report_month,
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
    cast(
        summed.credited_derivative_count as {{ t_bigint() }}
    ) as fully_credited_derivative_count,
    cast(
        summed.identified_derivative_count as {{ t_bigint() }}
    ) as identified_derivative_count,
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
left join
    lags
    on lags.partner_id = summed.partner_id
    and lags.report_month = summed.report_month
    and coalesce(lags.product_id, '') = coalesce(summed.product_id, '')
left join products on products.product_id = summed.product_id
