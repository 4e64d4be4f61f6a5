-- Nothing of a use is lost or doubled between sources, owners and buckets: per batch
-- and side the weights sum to the quantity of its uses, exactly.
with
    weighed as (
        select use_batch_number, side, sum(weight_nano) as weight_nano
        from {{ ref("fct_use_groups") }}
        group by all
    ),
    used as (
        select use_batch_number, sum(quantity) as quantity
        from {{ ref("fct_uses") }}
        group by all
    ),
    expected as (
        select used.use_batch_number, sides.side, used.quantity
        from used
        cross join
            (
                select 'MASTER' as side
                union all
                select 'WORK' as side
            ) as sides
    )
select expected.use_batch_number, expected.side, expected.quantity, weighed.weight_nano
from expected
left join
    weighed
    on weighed.use_batch_number = expected.use_batch_number
    and weighed.side = expected.side
where
    weighed.weight_nano is null
    or weighed.weight_nano <> cast(expected.quantity as {{ t_dec(20, 0) }}) * 1000000000
