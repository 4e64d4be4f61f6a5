-- One row per pattern, as_of and period of time in which the same decisions are valid:
-- whether every required party allows it, the proofs, and, for denials, the period in
-- which the products did not obey (docs/money.md, "Consent").
with
    given as (select * from {{ ref("int_consent__resolutions_by_decision") }}),
    candidates as (select * from {{ ref("int_consent__decisions_weighed") }}),
    turns as (
        select
            given.*,
            case
                when
                    is_allowed = lag(is_allowed) over (
                        partition by pattern_number, as_of, required_party, party_id
                        order by valid_from
                    )
                then 0
                else 1
            end as is_turn
        from given
    ),
    islands as (
        select
            turns.*,
            sum(is_turn) over (
                partition by pattern_number, as_of, required_party, party_id
                order by valid_from
                rows between unbounded preceding and current row
            ) as island
        from turns
    ),
    since as (
        select
            islands.*,
            min(valid_from) over until_now as answer_since,
            min(decided_from) over until_now as decided_since
        from islands
        window
            until_now as (
                partition by pattern_number, as_of, required_party, party_id, island
                order by valid_from
                rows between unbounded preceding and current row
            )
    ),
    -- When an allow ends, it has the instant from which the products obeyed.
    endings as (
        select
            pattern_number,
            as_of,
            required_party,
            party_id,
            valid_to as ended_at,
            min(ended_from) as ended_from,
            max(enforced_at) as enforced_at
        from candidates
        where decision = 'allow'
        group by all
    )
select
    since.pattern_number,
    since.as_of,
    since.valid_from,
    since.valid_to,
    bool_and(since.is_allowed) as is_allowed,
    bool_and(since.is_silent) as is_contract_default,
    min(case when since.is_allowed then since.daily_limit end) as daily_limit,
    min(case when since.is_allowed then since.max_influence end) as max_influence,
    -- A refusal that was recorded late is still a revocation from its start.
    min(
        case
            when not since.is_allowed
            then least(since.answer_since, since.decided_since, endings.ended_from)
        end
    ) as revoked_from,
    -- One denial that is not leakage is enough: the worst determines the status.
    min(
        case
            when not since.is_allowed
            then coalesce(since.enforced_at, endings.enforced_at, {{ always_from() }})
        end
    ) as enforced_at,
    -- From here on the products should have prevented the use.
    min(
        case
            when not since.is_allowed
            then coalesce(since.enforced_at, endings.enforced_at)
        end
    ) as stopped_from,
    {{ ordered_list("since.proof_id", "+") }} as proof_id,
    {{
        ordered_list(
            "case when not since.is_allowed then since.required_party || ':' || coalesce(since.party_id, 'unknown') end",
            ", ",
        )
    }}
    as denied_by,
    {{ ordered_list("case when not since.is_allowed then since.proof_id end", "+") }}
    as denial_id
from since
left join
    endings
    on not since.is_allowed
    and endings.pattern_number = since.pattern_number
    and endings.as_of = since.as_of
    and endings.required_party = since.required_party
    and endings.party_id = since.party_id
    and endings.ended_at = since.answer_since
group by since.pattern_number, since.as_of, since.valid_from, since.valid_to
