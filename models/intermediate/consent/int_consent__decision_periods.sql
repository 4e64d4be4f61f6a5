-- One row per consent decision, as_of and period of time in which it can be a
-- candidate. With as_of `use`, versions recorded by an instant count at that instant;
-- with as_of `freeze`, versions recorded by the freeze. `mismatched_at` is when the
-- evidence of a decision was found not to match, if it still does not (E43).
-- `ended_from` is the end according to the version that was recorded at `valid_to`; it
-- may be earlier. Decisions with one reach cover the same uses: use type, product,
-- territory, model version, and whether they cover voice clones only.
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
        select decision_id, min(known_from) as mismatched_at
        from versions
        where evidence_state = 'mismatch'
        group by decision_id
        having bool_or(next_recorded_at is null)
    ),
    periods as (
        select
            versions.*,
            'use' as as_of,
            greatest(valid_from, recorded_at) as counts_from,
            least(ends_at, coalesce(next_recorded_at, ends_at)) as counts_to,
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
            valid_from as counts_from,
            ends_at as counts_to,
            ends_at as ended_from
        from versions
        where not is_withdrawn and next_recorded_at is null
    )
select
    cast(
        row_number() over (
            order by periods.decision_id, periods.as_of, periods.counts_from
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
    periods.counts_from as valid_from,
    periods.counts_to as valid_to,
    periods.ended_from
from periods
left join mismatched on mismatched.decision_id = periods.decision_id
where periods.counts_from < periods.counts_to
