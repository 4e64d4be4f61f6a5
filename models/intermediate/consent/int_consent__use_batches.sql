-- One row per batch of uses: the uses of one context and generation in a month, a tier,
-- a layer and a removal bucket, between two changes of their statuses. All uses of a
-- batch have the same statuses, so consent, weights and money are worked out per batch;
-- there are far fewer of them than uses.
with
    uses as (select * from {{ ref("int_usage__uses") }}),
    changes as (
        select use_context_number, valid_from as changes_at
        from {{ ref("int_consent__use_statuses") }}
        union
        select use_context_number, valid_to as changes_at
        from {{ ref("int_consent__use_statuses") }}
    ),
    stretches as (
        select
            use_context_number,
            changes_at as valid_from,
            lead(changes_at) over (
                partition by use_context_number order by changes_at
            ) as valid_to
        from changes
    ),
    -- A day's plays in two layers are one use, and counted with the timely ones.
    counted_before as (
        select
            late.use_context_number,
            late.generation_id,
            late.judged_at,
            late.tier,
            late.usage_layer
        from uses as late
        inner join
            uses as timely
            on timely.use_context_number = late.use_context_number
            and timely.generation_id = late.generation_id
            and timely.judged_at = late.judged_at
            and timely.tier = late.tier
            and timely.usage_layer = 'timely'
        where late.usage_layer <> 'timely' and late.play_date is not null
        group by all
    ),
    summed as (
        select
            uses.use_context_number,
            uses.generation_id,
            uses.usage_month,
            uses.tier,
            uses.usage_layer,
            uses.removal_bucket,
            stretches.valid_from,
            stretches.valid_to,
            count(*) - count(counted_before.judged_at) as use_count,
            sum(uses.quantity) as quantity,
            min(uses.judged_at) as first_judged_at,
            max(uses.judged_at) as last_judged_at
        from uses
        inner join
            stretches
            on stretches.use_context_number = uses.use_context_number
            and stretches.valid_from <= uses.judged_at
            and stretches.valid_to > uses.judged_at
        left join
            counted_before
            on counted_before.use_context_number = uses.use_context_number
            and counted_before.generation_id = uses.generation_id
            and counted_before.judged_at = uses.judged_at
            and counted_before.tier = uses.tier
            and counted_before.usage_layer = uses.usage_layer
        group by all
    )
select
    -- A build keeps the batches of months that it does not calculate.
    cast(
        row_number() over (
            partition by usage_month
            order by
                use_context_number,
                generation_id,
                valid_from,
                tier,
                usage_layer,
                removal_bucket nulls first
        ) as {{ t_bigint() }}
    )
    + {{ month_number("usage_month") }} * 10000000000 as use_batch_number,
    use_context_number,
    generation_id,
    usage_month,
    tier,
    usage_layer,
    removal_bucket,
    valid_from,
    valid_to,
    cast(use_count as {{ t_bigint() }}) as use_count,
    cast(quantity as {{ t_bigint() }}) as quantity,
    first_judged_at,
    last_judged_at
from summed
