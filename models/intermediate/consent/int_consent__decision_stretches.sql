-- One row per consent decision, clock and stretch of time in which it can be a
-- candidate. Clock `then`: at an instant counts what was recorded by that instant;
-- clock `now`: what is recorded by the freeze. `mismatched_at` is when the evidence
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
    stretches as (
        select
            versions.*,
            'then' as clock,
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
            'now' as clock,
            valid_from as starts_at,
            ends_at as stops_at,
            ends_at as ended_from
        from versions
        where not is_withdrawn and next_recorded_at is null
    )
select
    cast(
        row_number() over (
            order by stretches.decision_id, stretches.clock, stretches.starts_at
        ) as {{ t_bigint() }}
    ) as stretch_number,
    cast(
        dense_rank() over (
            order by
                stretches.use_type,
                stretches.product_id,
                stretches.territory,
                stretches.model_version nulls first,
                stretches.object_type = 'likeness'
        ) as {{ t_bigint() }}
    ) as reach_number,
    stretches.clock,
    stretches.decision_id,
    stretches.party_id,
    stretches.voice,
    stretches.object_type,
    stretches.object_id,
    stretches.use_type,
    stretches.product_id,
    stretches.model_version,
    stretches.territory,
    stretches.object_type = 'likeness' as is_likeness,
    stretches.decision,
    stretches.daily_limit,
    stretches.max_influence,
    stretches.enforced_at,
    stretches.valid_from as decided_from,
    mismatched.mismatched_at,
    stretches.starts_at,
    stretches.stops_at,
    stretches.ended_from
from stretches
left join mismatched on mismatched.decision_id = stretches.decision_id
where stretches.starts_at < stretches.stops_at
