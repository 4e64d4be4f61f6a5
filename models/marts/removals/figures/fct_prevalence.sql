-- One row per month, territory and product with plays of derivatives: the number of
-- plays, and of plays of content that was taken down later, as known at the freeze. No
-- feed has plays of other content. Content that was reinstated on appeal or authorised
-- later does not count, and neither do artificial plays.
{{ config(meta={"month": "usage_month"}) }}
with
    plays_counted as (select * from {{ ref("int_usage__plays_counted") }}),
    described as (select * from {{ ref("int_usage__derivatives_described") }}),
    removal_actions as (
        select *
        from {{ ref("fct_removal_actions") }}
        where
            is_removal
            and derivative_id is not null
            and not is_overturned
            and not is_authorised_later
    ),
    scoped as (select * from {{ ref("int_usage__removals_scoped") }}),
    removed as (
        select
            removal_actions.derivative_id,
            scoped.territory,
            max(cast(removal_actions.applied_at as date)) as removed_on
        from removal_actions
        inner join scoped on scoped.puid = removal_actions.puid
        group by all
    ),
    estimated as (
        select
            plays_counted.usage_month,
            plays_counted.territory,
            described.product_id,
            plays_counted.derivative_id,
            greatest(
                plays_counted.play_count - plays_counted.artificial_play_count, 0
            ) as play_count,
            max(
                case
                    when plays_counted.play_date <= removed.removed_on then 1 else 0
                end
            ) as is_later_removed
        from plays_counted
        inner join described on described.derivative_id = plays_counted.derivative_id
        left join
            removed
            on removed.derivative_id = plays_counted.derivative_id
            and removed.territory in ('WW', plays_counted.territory)
        group by
            plays_counted.play_date,
            plays_counted.usage_month,
            plays_counted.territory,
            plays_counted.tier,
            described.product_id,
            plays_counted.derivative_id,
            plays_counted.play_count,
            plays_counted.artificial_play_count
    )
select
    cast(usage_month as date) as usage_month,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(sum(play_count) as {{ t_bigint() }}) as play_count,
    cast(
        sum(
            case when is_later_removed = 1 then play_count else 0 end
        ) as {{ t_bigint() }}
    ) as later_removed_play_count,
    cast(
        count(
            distinct case when is_later_removed = 1 then derivative_id end
        ) as {{ t_bigint() }}
    ) as later_removed_derivative_count
from estimated
group by all
