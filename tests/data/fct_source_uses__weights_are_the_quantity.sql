-- Nothing of a use is lost or doubled between sources, owners and buckets: per use and
-- side the weights sum to its quantity, exactly, and no use of a pool is missing.
with
    weighed as (
        select use_id, usage_layer, side, sum(weight_nano) as weight_nano
        from {{ ref("fct_source_uses") }}
        group by all
    ),
    expected as (
        select uses.use_id, uses.usage_layer, sides.side, uses.quantity
        from {{ ref("int_usage__uses") }} as uses
        cross join
            (
                select 'MASTER' as side
                union all
                select 'WORK' as side
            ) as sides
    )
select
    expected.use_id,
    expected.usage_layer,
    expected.side,
    expected.quantity,
    weighed.weight_nano
from expected
left join
    weighed
    on weighed.use_id = expected.use_id
    and weighed.usage_layer = expected.usage_layer
    and weighed.side = expected.side
where
    weighed.weight_nano is null
    or weighed.weight_nano <> cast(expected.quantity as {{ t_dec(20, 0) }}) * 1000000000
