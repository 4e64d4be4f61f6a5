-- One row per pattern, required party, as_of and period of time in which the same
-- decision is valid: the party's decision and its proof. The most specific decision
-- applies, deny beats allow at a tie, and the contract resolves silence (docs/money.md,
-- "Consent").
with
    weighed as (select * from {{ ref("int_consent__decisions_weighed") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    as_ofs as (
        select 'use' as as_of
        union all
        select 'freeze' as as_of
    ),
    candidates as (select * from weighed where as_of is not null),
    requirements as (
        select distinct
            pattern_number, contract_id, contract_version, required_party, party_id
        from weighed
    ),
    bounds as (
        select requirements.pattern_number, as_ofs.as_of, {{ always_from() }} as bound
        from requirements
        cross join as_ofs
        union
        select pattern_number, as_of, valid_from as bound
        from candidates
        union
        select pattern_number, as_of, valid_to as bound
        from candidates
    ),
    periods as (
        select
            pattern_number,
            as_of,
            bound as valid_from,
            coalesce(
                lead(bound) over (partition by pattern_number, as_of order by bound),
                {{ always_to() }}
            ) as valid_to
        from bounds
    ),
    winners as (
        select
            periods.pattern_number,
            periods.as_of,
            periods.valid_from,
            periods.valid_to,
            requirements.contract_id,
            requirements.contract_version,
            requirements.required_party,
            requirements.party_id,
            candidates.decision_id,
            candidates.decision,
            candidates.daily_limit,
            candidates.max_influence,
            candidates.enforced_at,
            candidates.decided_from
        from periods
        inner join requirements on requirements.pattern_number = periods.pattern_number
        left join
            candidates
            on candidates.pattern_number = periods.pattern_number
            and candidates.as_of = periods.as_of
            and candidates.required_party = requirements.required_party
            and candidates.party_id = requirements.party_id
            and candidates.valid_from <= periods.valid_from
            and candidates.valid_to >= periods.valid_to
        where periods.valid_from < periods.valid_to
        qualify
            row_number() over (
                partition by
                    periods.pattern_number,
                    periods.as_of,
                    periods.valid_from,
                    requirements.required_party,
                    requirements.party_id
                order by
                    candidates.specificity desc,
                    case when candidates.decision = 'deny' then 0 else 1 end,
                    candidates.decision_id
            )
            = 1
    )
select
    winners.pattern_number,
    winners.as_of,
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
