-- One row per pattern, party asked, clock and stretch of time in which the same
-- decision
-- stands: what the party answers, and by which proof. The most specific decision wins,
-- deny beats allow at a tie, and silence is resolved by the contract (docs/money.md,
-- "Consent").
with
    weighed as (select * from {{ ref("int_consent__decisions_weighed") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    clocks as (
        select 'then' as clock
        union all
        select 'now' as clock
    ),
    candidates as (select * from weighed where clock is not null),
    questions as (
        select distinct
            pattern_number, contract_id, contract_version, required_party, party_id
        from weighed
    ),
    bounds as (
        select questions.pattern_number, clocks.clock, {{ always_from() }} as bound
        from questions
        cross join clocks
        union
        select pattern_number, clock, starts_at as bound
        from candidates
        union
        select pattern_number, clock, stops_at as bound
        from candidates
    ),
    stretches as (
        select
            pattern_number,
            clock,
            bound as valid_from,
            coalesce(
                lead(bound) over (partition by pattern_number, clock order by bound),
                {{ always_to() }}
            ) as valid_to
        from bounds
    ),
    winners as (
        select
            stretches.pattern_number,
            stretches.clock,
            stretches.valid_from,
            stretches.valid_to,
            questions.contract_id,
            questions.contract_version,
            questions.required_party,
            questions.party_id,
            candidates.decision_id,
            candidates.decision,
            candidates.daily_limit,
            candidates.max_influence,
            candidates.enforced_at,
            candidates.decided_from
        from stretches
        inner join questions on questions.pattern_number = stretches.pattern_number
        left join
            candidates
            on candidates.pattern_number = stretches.pattern_number
            and candidates.clock = stretches.clock
            and candidates.required_party = questions.required_party
            and candidates.party_id = questions.party_id
            and candidates.starts_at <= stretches.valid_from
            and candidates.stops_at >= stretches.valid_to
        where stretches.valid_from < stretches.valid_to
        qualify
            row_number() over (
                partition by
                    stretches.pattern_number,
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
    winners.pattern_number,
    winners.clock,
    winners.required_party,
    winners.party_id,
    winners.valid_from,
    winners.valid_to,
    winners.enforced_at,
    winners.daily_limit,
    winners.max_influence,
    winners.decided_from,
    winners.decision_id is null as is_silent,
    coalesce(winners.decision, contracts.silence) = 'allow' as is_allowed,
    coalesce(winners.decision_id, {{ clause_proof("contracts") }}) as proof_id
from winners
inner join
    contracts
    on contracts.contract_id = winners.contract_id
    and contracts.contract_version = winners.contract_version
