-- One row per scope, clock and stretch of time in which the answer does not change:
-- whether everybody who is asked says so, by which proofs, and since when
-- (docs/money.md, "Consent").
with
    candidates as (select * from {{ ref("int_consent__candidates") }}),
    combined as (select * from {{ ref("int_consent__answers_given") }}),
    islands as (
        select
            combined.*,
            case
                when
                    is_allowed = lag(is_allowed) over (
                        partition by scope_id, clock order by valid_from
                    )
                then 0
                else 1
            end as is_turn
        from combined
    ),
    numbered as (
        select
            islands.*,
            sum(is_turn) over (
                partition by scope_id, clock
                order by valid_from
                rows between unbounded preceding and current row
            ) as island
        from islands
    ),
    -- An allow that ends carries the instant from which the products obeyed.
    endings as (
        select scope_id, clock, stops_at as ended_at, max(enforced_at) as enforced_at
        from candidates
        where decision = 'allow'
        group by all
    ),
    since as (
        select
            numbered.*,
            first_value(valid_from) over island_order as answer_since,
            first_value(denied_from) over island_order as first_denied_from,
            first_value(deny_starts_at) over island_order as first_deny_starts_at
        from numbered
        window
            island_order as (
                partition by scope_id, clock, island
                order by valid_from
                rows between unbounded preceding and unbounded following
            )
    )
select
    since.scope_id,
    since.clock,
    since.valid_from,
    since.valid_to,
    since.is_allowed,
    since.is_contract_default,
    since.is_conflict,
    since.proof_id,
    since.denied_by,
    since.daily_limit,
    since.max_influence,
    since.answer_since,
    -- A refusal that was recorded late was a revocation all the same from its start on.
    case
        when since.first_deny_starts_at = since.answer_since
        then least(since.first_denied_from, since.answer_since)
        else since.answer_since
    end as revoked_from,
    case
        when not since.is_allowed
        then coalesce(since.deny_enforced_at, endings.enforced_at)
    end as enforced_at
from since
left join
    endings
    on endings.scope_id = since.scope_id
    and endings.clock = since.clock
    and endings.ended_at = since.answer_since
