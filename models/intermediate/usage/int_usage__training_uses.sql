-- One row per object that a licensed model was trained on by the cut-off of a training
-- fee, the end of the fee's month (E59).
with
    inclusions as (select * from {{ ref("stg_ai_usage__training_inclusions") }}),
    fees as (
        select distinct
            side,
            training_fee_model_version as model_version,
            training_fee_usage_month as usage_month
        from {{ ref("int_licensing__terms_effective") }}
        where training_fee_amount is not null
    )
select
    't|'
    || inclusions.model_version
    || '|'
    || inclusions.side
    || '|'
    || inclusions.object_id as attribution_key,
    inclusions.model_version,
    inclusions.side,
    inclusions.object_id,
    inclusions.product_id,
    inclusions.included_at
from inclusions
inner join
    fees
    on fees.side = inclusions.side
    and fees.model_version = inclusions.model_version
    and inclusions.included_at
    < cast(cast(fees.usage_month + interval '1' month as date) as {{ t_ts() }})
group by all
