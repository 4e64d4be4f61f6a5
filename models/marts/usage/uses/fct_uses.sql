-- One row per use of a pool, and layer: a generation, or a day's plays of a derivative
-- in a territory and tier. fct_use_groups says of each batch whose uses they are.
{{ config(meta={"month": "usage_month"}) }}
select
    cast(batches.use_batch_number as {{ t_bigint() }}) as use_batch_number,
    cast(uses.quantity as {{ t_bigint() }}) as quantity,
    cast(uses.usage_month as date) as usage_month,
    cast(uses.play_date as date) as play_date,
    cast(uses.judged_at as {{ t_ts() }}) as judged_at
from {{ ref("int_usage__uses") }} as uses
inner join
    {{ ref("int_consent__use_batches") }} as batches
    on batches.use_context_number = uses.use_context_number
    and batches.generation_id = uses.generation_id
    and batches.usage_month = uses.usage_month
    and batches.tier = uses.tier
    and batches.usage_layer = uses.usage_layer
    and batches.removal_bucket is not distinct from uses.removal_bucket
    and batches.valid_from <= uses.judged_at
    and batches.valid_to > uses.judged_at
