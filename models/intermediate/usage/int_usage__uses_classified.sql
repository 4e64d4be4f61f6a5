-- One row per logged use and layer: a generation, or a day's plays of a derivative in a
-- territory and tier. A use counts if its product's weights are based on its kind.
-- Usage of an issued month that was known when the month was first issued is in the
-- layer `timely`; usage added since is `late`, and usage withdrawn since is
-- `withdrawn`, with a negative quantity (docs/money.md, "Late usage").
with
    all_uses as (
        select *
        from {{ ref("int_usage__generation_uses") }}
        union all
        select *
        from {{ ref("int_usage__play_uses") }}
    )
select
    basis,
    generation_id,
    derivative_id,
    output_id,
    judged_at,
    generated_at,
    generated_in,
    play_date,
    usage_month,
    territory,
    product_id,
    tier,
    use_type,
    model_version,
    case when quantity < 0 then 'withdrawn' else usage_layer end as usage_layer,
    cast(quantity as {{ t_bigint() }}) as quantity,
    case removal_effect when 2 then 'FRAUD' when 1 then 'REMOVAL' end as removal_bucket,
    exclusion_reason
from all_uses
where exclusion_reason is null or usage_layer <> 'withdrawn'
