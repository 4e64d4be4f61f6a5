-- One row per month in which products began to obey a refusal, and product that it
-- concerns (`*` for all): the time that this took, and the uses in the meantime.
with
    decisions as (
        select
            *,
            {{ first_of_month("enforced_at") }} as report_month,
            greatest(seconds_to_enforcement, 0) as seconds
        from {{ ref("fct_consent_decisions") }}
        where seconds_to_enforcement is not null
    ),
    products as (select * from {{ ref("dim_products") }}),
    summed as (
        select
            report_month,
            product_id,
            count(*) as decision_count,
            {{ quantile("seconds", 0.5) }} as median_seconds,
            {{ quantile("seconds", 0.99) }} as p99_seconds,
            sum(
                case when leaked_use_count > 0 then seconds else 0 end
            ) as leakage_seconds,
            sum(leaked_use_count) as leaked_use_count
        from decisions
        group by report_month, product_id
    )
select
    cast(summed.report_month as date) as report_month,
    cast(summed.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(summed.decision_count as {{ t_bigint() }}) as decision_count,
    cast(summed.median_seconds as {{ t_bigint() }}) as median_seconds,
    cast(summed.p99_seconds as {{ t_bigint() }}) as p99_seconds,
    cast(summed.leakage_seconds as {{ t_bigint() }}) as leakage_seconds,
    cast(summed.leaked_use_count as {{ t_bigint() }}) as leaked_use_count
from summed
left join products on products.product_id = summed.product_id
