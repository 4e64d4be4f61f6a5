-- One row per pattern, required party and decision that is a candidate for its
-- resolution, with the candidate's period of time and specificity; and one per required
-- party without a decision.
with
    patterns as (
        select *
        from {{ ref("int_consent__requests") }}
        where request_number = pattern_number
    ),
    candidates as (select * from {{ ref("int_consent__candidates") }}),
    covering as (select * from {{ ref("int_consent__decisions_covering") }}),
    periods as (select * from {{ ref("int_consent__decision_periods") }}),
    -- A decision whose evidence was found not to match is not a proof for any month
    -- that was not issued by then; issued months are reported, but not taken back
    -- (E43).
    spared as (
        select
            statements.contract_id,
            mismatches.mismatched_at,
            cast(
                date_trunc(
                    'month', max(statements.report_month) + interval '1' month
                ) as date
            ) as unspared_month
        from
            (
                select distinct mismatched_at
                from periods
                where mismatched_at is not null
            ) as mismatches
        inner join
            {{ ref("stg_ledger__statements") }} as statements
            on statements.known_at < mismatches.mismatched_at
        group by all
    ),
    weighed as (
        select
            patterns.pattern_number,
            patterns.contract_id,
            patterns.contract_version,
            covering.required_party,
            covering.party_id,
            covering.valid_from,
            case
                when covering.mismatched_at is null
                then covering.valid_to
                when spared.contract_id is null
                then covering.valid_from
                -- The earlier of the two starts: plays count by UTC, generations by
                -- local time.
                else
                    least(
                        covering.valid_to,
                        cast(spared.unspared_month as {{ t_ts() }}),
                        coalesce(
                            month_starts.starts_at,
                            cast(spared.unspared_month as {{ t_ts() }})
                        )
                    )
            end as valid_to,
            covering.period_number,
            candidates.specificity
        from patterns
        inner join
            candidates
            on candidates.licence_number = patterns.licence_number
            and candidates.context_group_number = patterns.context_group_number
            and candidates.territory is not distinct from patterns.territory
            and candidates.includes_owner = patterns.includes_owner
        inner join
            covering
            on covering.licence_number = candidates.licence_number
            and covering.candidate_number = candidates.candidate_number
        left join
            spared
            on spared.contract_id = patterns.contract_id
            and spared.mismatched_at = covering.mismatched_at
        left join
            {{ ref("territories") }} as territories
            on territories.territory = patterns.territory
        left join
            {{ ref("stg_calendar__month_starts") }} as month_starts
            on month_starts.time_zone = territories.reporting_time_zone
            and month_starts.month = spared.unspared_month
    )
select
    weighed.pattern_number,
    weighed.contract_id,
    weighed.contract_version,
    weighed.required_party,
    weighed.party_id,
    weighed.valid_from,
    weighed.valid_to,
    weighed.specificity,
    periods.as_of,
    periods.decision_id,
    periods.decision,
    periods.daily_limit,
    periods.max_influence,
    periods.enforced_at,
    periods.decided_from,
    periods.ended_from
from weighed
left join periods on periods.period_number = weighed.period_number
where weighed.period_number is null or weighed.valid_from < weighed.valid_to
