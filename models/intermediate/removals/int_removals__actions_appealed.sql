-- One row per removal action that was appealed or authorised later. A later
-- authorisation reinstates the content, but does not contradict the decision: it is
-- neither an appeal nor an overturn (E123).
with
    appeals as (select * from {{ ref("stg_removals__appeals") }}),
    classified as (
        select
            puid,
            coalesce(
                kind = 'authorised_later' or outcome = 'reinstated_authorised', false
            ) as is_authorised_later,
            kind <> 'authorised_later' as is_appeal,
            outcome,
            filed_at,
            decided_at,
            reinstated_at
        from appeals
    )
select
    puid,
    cast(count(*) filter (where is_appeal) as {{ t_bigint() }}) as appeal_count,
    coalesce(bool_or(is_appeal), false) as is_appealed,
    coalesce(bool_or(is_appeal and outcome is not null), false) as is_appeal_decided,
    coalesce(
        bool_or(is_appeal and outcome = 'overturned' and not is_authorised_later), false
    ) as is_overturned,
    coalesce(
        bool_or(
            is_authorised_later and (outcome is not null or reinstated_at is not null)
        ),
        false
    ) as is_authorised_later,
    min(filed_at) filter (where is_appeal) as first_appealed_at,
    min(reinstated_at) as reinstated_at
from classified
group by all
