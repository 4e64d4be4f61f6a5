-- The weights of an output's sources and gap, per side, sum to the whole.
select output_id, side, sum(source_weight_nano) as total
from {{ ref("int_attribution__source_weights") }}
group by output_id, side
having sum(source_weight_nano) <> 1000000000
