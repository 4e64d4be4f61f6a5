-- The weights of a generated thing's sources and gap, per side, are the whole of it.
select attribution_key, side, sum(source_weight_nano) as total
from {{ ref("int_attribution__source_weights") }}
group by attribution_key, side
having sum(source_weight_nano) <> 1000000000
