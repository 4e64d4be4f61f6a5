-- One row per line from uses of a month, with its amount at the freeze: shares of fees,
-- and penalties. Corrections compare the amounts at two freezes.
{{ config(materialized="view") }}
select *
from {{ ref("int_compensation__usage_lines") }}
union all
select *
from {{ ref("int_compensation__penalty_lines") }}
