-- One row per consent decision, as_of and period of time in which it can be a
-- candidate. Clock `then`: at an instant counts what was recorded by that instant;
-- as_of `now`: what is recorded by the freeze. `mismatched_at` is when the evidence
-- of a
-- decision was found to mismatch, if it still is (E43). `ended_from` is the end as the
-- version tells that was recorded at `stops_at`, which may lie before. Decisions of one
-- reach speak of the same uses: use type, product, territory, model version, voice
-- clones alone.
with
    versions as (
        select
            consent_versions.*,
            coalesce(valid_to, {{ always_to() }}) as ends_at,
            lead(
                case
                    when not is_withdrawn then coalesce(valid_to, {{ always_to() }})
                end
            ) over (partition by decision_id order by recorded_at) as next_ends_at
        from {{ ref("stg_licensing__consent_versions") }} as consent_versions
    ),
    mismatched as (
        select decision_id, min(recorded_at) as mismatched_at
        from versions
        where evidence_state = 'mismatch'
        group by decision_id
        having bool_or(next_recorded_at is null)
    ),
    periods as (
        select
            versions.*,
            'use' as as_of,
            greatest(valid_from, recorded_at) as starts_at,
            least(ends_at, coalesce(next_recorded_at, ends_at)) as stops_at,
            least(
                ends_at,
                coalesce(next_recorded_at, ends_at),
                coalesce(next_ends_at, ends_at)
            ) as ended_from
        from versions
        where not is_withdrawn
        union all
        select
            versions.*,
            'freeze' as as_of,
            valid_from as starts_at,
            ends_at as stops_at,
            ends_at as ended_from
        from versions
        where not is_withdrawn and next_recorded_at is null
    )
select
    cast(
        row_number() over (
            order by periods.decision_id, periods.as_of, periods.starts_at
        ) as {{ t_bigint() }}
    ) as period_number,
    cast(
        dense_rank() over (
            order by
                periods.use_type,
                periods.product_id,
                periods.territory,
                periods.model_version nulls first,
                periods.object_type = 'likeness'
        ) as {{ t_bigint() }}
    ) as reach_number,
    periods.as_of,
    periods.decision_id,
    periods.party_id,
    periods.voice,
    periods.object_type,
    periods.object_id,
    periods.use_type,
    periods.product_id,
    periods.model_version,
    periods.territory,
    periods.object_type = 'likeness' as is_likeness,
    periods.decision,
    periods.daily_limit,
    periods.max_influence,
    periods.enforced_at,
    periods.valid_from as decided_from,
    mismatched.mismatched_at,
    periods.starts_at,
    periods.stops_at,
    periods.ended_from
from periods
left join mismatched on mismatched.decision_id = periods.decision_id
where periods.starts_at < periods.stops_at
