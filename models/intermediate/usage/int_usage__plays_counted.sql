-- One row per day, derivative, territory and tier: plays known at the freeze and when
-- the month was first issued, and the artificial ones among them. If the freeze of the
-- fraud findings does not know a row yet, the first finding in the row itself counts; a
-- withdrawal of a row is not a finding.
with
    versions as (
        select versions.*, {{ first_of_month("versions.play_date") }} as usage_month
        from {{ ref("stg_ai_usage__derivative_play_versions") }} as versions
    ),
    months_issued as (select * from {{ ref("int_ledger__months_issued") }}),
    counted as (
        select
            versions.play_date,
            versions.usage_month,
            versions.derivative_id,
            versions.territory,
            versions.tier,
            months_issued.first_known_at,
            max_by(versions.play_count, versions.recorded_at) as play_count,
            max_by(versions.play_count, versions.recorded_at) filter (
                where versions.known_from <= months_issued.first_known_at
            ) as issued_play_count,
            coalesce(
                max_by(versions.artificial_play_count, versions.recorded_at) filter (
                    where
                        versions.known_from <= {{ known_at("fraud") }}
                        and not versions.is_withdrawn
                ),
                min_by(versions.artificial_play_count, versions.recorded_at) filter (
                    where not versions.is_withdrawn
                ),
                0
            ) as artificial_play_count,
            max_by(versions.is_withdrawn, versions.recorded_at) as is_withdrawn
        from versions
        left join months_issued on months_issued.usage_month = versions.usage_month
        group by all
    )
select
    play_date,
    usage_month,
    derivative_id,
    territory,
    tier,
    first_known_at,
    play_count,
    issued_play_count,
    artificial_play_count
from counted
where not is_withdrawn or issued_play_count > 0
