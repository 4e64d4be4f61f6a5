-- One row per generated thing, side and root source: the how-manieth output of that
-- source it was on its day, for the daily limits of decisions (E41). Days are UTC days,
-- since no feed tells an object's own zone.
with
    scopes as (
        select attribution_key, min(generated_at) as generated_at
        from {{ ref("int_usage__use_scopes") }}
        group by all
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }})
select
    scopes.attribution_key,
    weights.side,
    weights.object_id,
    row_number() over (
        partition by weights.side, weights.object_id, cast(scopes.generated_at as date)
        order by scopes.generated_at, scopes.attribution_key
    ) as output_number
from scopes
inner join weights on weights.attribution_key = scopes.attribution_key
where weights.object_id is not null
