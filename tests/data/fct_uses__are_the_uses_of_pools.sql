-- No use of a pool is missing in its batch, or there twice.
with
    uses as (
        select usage_month, tier, count(*) as use_count, sum(quantity) as quantity
        from {{ ref("int_usage__uses") }}
        group by all
    ),
    batched as (
        select
            batches.usage_month,
            batches.tier,
            count(*) as use_count,
            sum(uses.quantity) as quantity
        from {{ ref("fct_uses") }} as uses
        inner join
            {{ ref("int_consent__use_batches") }} as batches
            on batches.use_batch_number = uses.use_batch_number
        group by all
    )
select uses.usage_month, uses.tier, uses.quantity, batched.quantity as batched_quantity
from uses
left join
    batched
    on batched.usage_month = uses.usage_month
    and batched.tier is not distinct from uses.tier
where
    batched.use_count is null
    or batched.use_count <> uses.use_count
    or batched.quantity <> uses.quantity
