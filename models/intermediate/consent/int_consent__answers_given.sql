-- One row per scope, party asked, clock and stretch of time in which the same decision
-- stands: what the party answers, and by which proof. The most specific decision wins,
-- deny beats allow at a tie, and silence is resolved by the contract (docs/money.md,
-- "Consent").
with
    scopes as (select * from {{ ref("int_consent__scopes") }}),
    questions as (select * from {{ ref("int_consent__questions") }}),
    candidates as (select * from {{ ref("int_consent__candidates") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    clocks as (
        select 'then' as clock
        union all
        select 'now' as clock
    ),
    bounds as (
        select scopes.scope_id, clocks.clock, {{ always_from() }} as bound
        from scopes
        cross join clocks
        union
        select scope_id, clock, starts_at as bound
        from candidates
        union
        select scope_id, clock, stops_at as bound
        from candidates
    ),
    stretches as (
        select
            scope_id,
            clock,
            bound as valid_from,
            coalesce(
                lead(bound) over (partition by scope_id, clock order by bound),
                {{ always_to() }}
            ) as valid_to
        from bounds
    ),
    winners as (
        select
            stretches.scope_id,
            stretches.clock,
            stretches.valid_from,
            stretches.valid_to,
            questions.required_party,
            questions.party_id,
            candidates.decision_id,
            candidates.decision,
            candidates.daily_limit,
            candidates.max_influence,
            candidates.enforced_at,
            candidates.decided_from,
            min(candidates.decision) over equally_specific
            <> max(candidates.decision) over equally_specific as is_conflict
        from stretches
        inner join questions on questions.scope_id = stretches.scope_id
        left join
            candidates
            on candidates.scope_id = stretches.scope_id
            and candidates.clock = stretches.clock
            and candidates.required_party = questions.required_party
            and candidates.party_id = questions.party_id
            and candidates.starts_at <= stretches.valid_from
            and candidates.stops_at >= stretches.valid_to
        where stretches.valid_from < stretches.valid_to
        window
            equally_specific as (
                partition by
                    stretches.scope_id,
                    stretches.clock,
                    stretches.valid_from,
                    questions.required_party,
                    questions.party_id,
                    candidates.specificity
            )
        qualify
            row_number() over (
                partition by
                    stretches.scope_id,
                    stretches.clock,
                    stretches.valid_from,
                    questions.required_party,
                    questions.party_id
                order by
                    candidates.specificity desc,
                    case when candidates.decision = 'deny' then 0 else 1 end,
                    candidates.decision_id
            )
            = 1
    )
select
    winners.scope_id,
    winners.clock,
    winners.required_party,
    winners.party_id,
    winners.valid_from,
    winners.valid_to,
    winners.enforced_at,
    winners.daily_limit,
    winners.max_influence,
    winners.is_conflict,
    winners.decided_from,
    winners.decision_id is null as is_silent,
    coalesce(winners.decision, contracts.silence) = 'allow' as is_allowed,
    coalesce(
        winners.decision_id,
        contracts.contract_id
        || '@'
        || cast(contracts.contract_version as {{ t_str() }})
        || '#'
        || coalesce(contracts.silence_clause, 'silence')
    ) as proof_id
from winners
inner join scopes on scopes.scope_id = winners.scope_id
inner join
    contracts
    on contracts.contract_id = scopes.contract_id
    and contracts.contract_version = scopes.contract_version
