-- The first and the last issued month that input known between two freezes may touch, however
-- it touches it: rather one month too many, since a month whose worth is the same gives no correction.
with recursive
plays as (select play_date, derivative_id, known_from from raw_ai_usage__derivative_plays),
generations as (
    select generation_id, derivative_id, occurred_at, known_from
    from raw_ai_usage__generations
),
derivatives as (
    select derivative_id, generation_id, parent_derivative_id, known_from
    from raw_ai_usage__derivatives
),
attributions as (
    select derivative_id, source_object_id, known_from
    from raw_ai_usage__attributions
),
ledger as (
    select usage_month, object_id, owner_party_id, consent_status, hold_bucket, weight_nano
    from raw_ledger__lines
),
actions as (select * from raw_removals__actions where derivative_id is not null),
changed_actions as (
    select actions.derivative_id
    from actions
    left join raw_removals__appeals as appeals using (puid)
    where is_new(actions.known_from)
        or is_new(appeals.known_from)
        or is_new(appeals.decided_at)
        or is_new(appeals.filed_at)
        or is_new(actions.ended_at)
        or is_new(actions.applied_at + getvariable('window_days') * interval '1' day)
),
changed_derivatives(derivative_id) as (
    select derivative_id from derivatives where is_new(known_from)
    union
    select derivative_id from generations where is_new(known_from) and derivative_id is not null
    union
    select derivative_id from attributions where is_new(known_from)
    union
    select derivative_id from changed_actions
    union
    select children.derivative_id
    from changed_derivatives
    inner join (
        select derivative_id, parent_derivative_id as parent_id from derivatives
        union
        select derivative_id, source_object_id as parent_id from attributions
    ) as children on children.parent_id = changed_derivatives.derivative_id
),
consents as (
    select
        *,
        lag(valid_from) over versions as old_from,
        lag(valid_to) over versions as old_to,
        lag(is_withdrawn) over versions as was_withdrawn,
        lag(terms) over versions as old_terms
    from (
        select
            *,
            -- Whatever a decision says, but for its end, which is looked at by itself, and for
            -- what no status depends on; of its evidence only whether it does not match.
            row(
                evidence_state is not distinct from 'mismatch',
                *columns(* exclude (
                    valid_to, signed_at, enforced_at, evidence_sha256, evidence_state,
                    recorded_at, known_from, delivery_id
                ))
            ) as terms
        from raw_licensing__consents
        where known_from <= getvariable('until')
    )
    window versions as (partition by decision_id order by recorded_at)
),
changed_consents as (
    select
        case
            when old_terms is not distinct from terms
            then least(coalesce(old_to, 'infinity'), coalesce(valid_to, 'infinity'))
            else least(coalesce(old_from, valid_from), valid_from)
        end as affected_from,
        case
            when old_from is null then valid_to
            when old_to is null or valid_to is null then null
            else greatest(old_to, valid_to)
        end as affected_to
    from consents
    where is_new(known_from)
        and not (
            old_terms is not distinct from terms
            and old_from is not null
            and old_to is not distinct from valid_to
        )
),
periods as (
    select affected_from, affected_to from changed_consents
    union all
    select valid_from, null from raw_licensing__contracts where is_new(known_from)
    union all
    select valid_from, null from changed_parties
),
affected(month) as (
    select date_trunc('month', play_date) from plays where is_new(known_from)
    union
    select date_trunc('month', play_date) from plays
    inner join changed_derivatives using (derivative_id)
    union
    select date_trunc('month', occurred_at + shift)
    from generations, (values (interval '14 hours'), (interval '-14 hours')) as shifts(shift)
    where is_new(known_from) or derivative_id in (from changed_derivatives)
        or generation_id in (
            select generation_id from derivatives where is_new(known_from)
        )
    union
    select strptime(usage_month, '%Y-%m') from raw_finance__revenue where is_new(known_from)
    union
    select usage_month from ledger inner join changed_objects using (object_id)
    union
    select usage_month from ledger
    group by usage_month
    having sum(
        case
            when consent_status = 'late_consent' and hold_bucket = 'CONSENT' then weight_nano
            else 0
        end
    ) <> 0
    union
    select months.usage_month
    from (select distinct usage_month from ledger) as months
    inner join periods
        on coalesce(periods.affected_from, '-infinity')
            < months.usage_month + interval '1 month' + interval '14 hours'
        and coalesce(periods.affected_to, 'infinity')
            > months.usage_month - interval '14 hours'
)
select min(month)::date, max(month)::date
from affected
where month <= getvariable('last_month') and month >= (select min(usage_month) from ledger)
