-- The first and the last month, issued or in the last build, that input between two freezes may
-- affect. A month too many does no harm: if its amounts are the same, there is no correction.
-- Earlier versions of a changed row count, too: they may name another month.
with recursive
plays as (select play_date, derivative_id, known_from from raw_ai_usage__derivative_plays),
generations as (
    select generation_id, derivative_id, idempotency_key, product_id, occurred_at, known_from
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
    select usage_month, object_id, consent_status, hold_bucket, weight_nano
    from raw_ledger__lines
),
actions as (select * from raw_removals__actions),
appeals as (select * from raw_removals__appeals),
changed_actions as (
    select puid from actions
    where is_new(known_from)
        or is_new(ended_at)
        or is_new(applied_at + getvariable('window_days') * interval '1' day)
    union
    select puid from appeals
    where is_new(decided_at)
        or is_new(filed_at)
        or appeal_id in (select appeal_id from appeals where is_new(known_from))
),
-- Generations that request a changed recording: their attribution may fall back to other works.
requests as (
    select generation_id
    from (
        select generation_id, unnest(source_recording_ids) as object_id
        from raw_ai_usage__generations
    )
    inner join changed_objects using (object_id)
),
moved_generations as (
    select generation_id from generations where is_new(known_from)
    union
    select generation_id from derivatives
    where derivative_id in (select derivative_id from derivatives where is_new(known_from))
    union
    select generation_id from requests
    union
    select generation_id from generations where product_id in (from new_products)
),
-- Of the rows with one idempotency key only one counts.
retried_generations as (
    select generation_id from moved_generations
    union
    select generation_id from generations
    where idempotency_key in (
        select idempotency_key from generations
        where generation_id in (from moved_generations)
    )
),
children as (
    select derivative_id, parent_derivative_id as parent_id from derivatives
    union
    select derivative_id, source_object_id as parent_id from attributions
),
moved_derivatives(derivative_id) as (
    select derivative_id from derivatives where is_new(known_from)
    union
    select derivative_id from generations
    where generation_id in (from retried_generations) and derivative_id is not null
    union
    select derivative_id from derivatives
    where generation_id in (from retried_generations)
    union
    select derivative_id from attributions where is_new(known_from)
    union
    select derivative_id from attributions
    where source_object_id in (select object_id from changed_objects)
    union
    select derivative_id from actions
    where puid in (from changed_actions) and derivative_id is not null
    union
    select children.derivative_id
    from moved_derivatives
    inner join children on children.parent_id = moved_derivatives.derivative_id
),
-- If a consent has a daily limit, the outputs of a day depend on each other.
changed_days as (
    select distinct occurred_at::date as day
    from generations
    where exists (select 1 from raw_licensing__consents where daily_limit is not null)
        and (
            generation_id in (from retried_generations)
            or derivative_id in (from moved_derivatives)
            or generation_id in (
                select generation_id from derivatives
                where derivative_id in (from moved_derivatives)
            )
        )
),
changed_generations as (
    select generation_id from retried_generations
    union
    select generation_id from generations
    where occurred_at::date in (select unnest([day - 1, day, day + 1]) from changed_days)
),
changed_derivatives(derivative_id) as (
    select derivative_id from moved_derivatives
    union
    select derivative_id from generations
    where generation_id in (from changed_generations) and derivative_id is not null
    union
    select derivative_id from derivatives
    where generation_id in (from changed_generations)
    union
    select children.derivative_id
    from changed_derivatives
    inner join children on children.parent_id = changed_derivatives.derivative_id
),
consents as (
    select
        *,
        lag(valid_from) over versions as old_from,
        lag(valid_to) over versions as old_to,
        lag(terms) over versions as old_terms
    from (
        select
            *,
            -- All columns of a decision except its end, which is compared separately, and those
            -- that affect no status; of its evidence only whether it does not match.
            row(
                evidence_state is not distinct from 'mismatch',
                -- It changes a held line's status, for which nothing is posted.
                case when getvariable('is_of_build') then enforced_at end,
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
-- Plays have the status of their generation, so a decision also affects months after its end.
periods(affected_from) as (
    select
        case
            when old_terms is not distinct from terms
            then least(coalesce(old_to, 'infinity'), coalesce(valid_to, 'infinity'))
            else least(coalesce(old_from, valid_from), valid_from)
        end
    from consents
    where is_new(known_from)
        and not (
            old_terms is not distinct from terms
            and old_from is not null
            and old_to is not distinct from valid_to
        )
    union all
    -- From here on the consent of a use was known, which divides a day's batches of uses.
    select recorded_at from consents
    where is_new(known_from) and getvariable('is_of_build') and recorded_at <= getvariable('since')
    union all
    select valid_from from raw_licensing__contracts
    where (contract_id, version) in (
        select (contract_id, version) from raw_licensing__contracts where is_new(known_from)
    )
    union all
    select valid_from from changed_parties
),
affected(month) as (
    select date_trunc('month', play_date) from plays where is_new(known_from)
    union
    select date_trunc('month', play_date) from plays
    inner join changed_derivatives using (derivative_id)
    union
    select date_trunc('month', occurred_at + shift)
    from generations,
        (values (getvariable('largest_offset')), (-getvariable('largest_offset'))) as shifts(shift)
    where generation_id in (from changed_generations)
        or derivative_id in (from changed_derivatives)
    union
    select strptime(usage_month, '%Y-%m') from raw_finance__revenue
    where is_new(known_from) or product_id in (from new_products)
    union
    select usage_month from ledger inner join changed_objects using (object_id)
    union
    -- Late consents that the next statement releases. A build need not look for them: they change
    -- only when a statement is issued, and then it keeps nothing.
    select usage_month from ledger
    where not getvariable('is_of_build')
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
            < months.usage_month + interval '1 month' + getvariable('largest_offset')
)
select min(month)::date, max(month)::date
from affected
where month <= getvariable('last_month')
    -- What came before the first statement was never accounted for here.
    and (getvariable('is_of_build') or month >= (select min(usage_month) from ledger))
