-- One row per generated thing, side and root source: the how-manieth output of that
-- source it was on its day, for the daily limits of decisions (E41). Every completed
-- output counts, played or not. Days are UTC days, since no feed tells an object's own
-- zone.
with
    attribution_keys as (select * from {{ ref("int_attribution__keys") }}),
    weights as (select * from {{ ref("int_attribution__source_weights") }})
select
    attribution_keys.attribution_key,
    weights.side,
    weights.object_id,
    row_number() over (
        partition by
            weights.side, weights.object_id, cast(attribution_keys.generated_at as date)
        order by attribution_keys.generated_at, attribution_keys.attribution_key
    ) as output_number
from attribution_keys
inner join weights on weights.attribution_key = attribution_keys.attribution_key
where
    weights.object_id is not null
    and attribution_keys.generated_at is not null
    and attribution_keys.is_countable
