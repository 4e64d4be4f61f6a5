-- One row per scope, party asked, and decision that is a candidate for its answer on a
-- clock, with how specific it is: object, then use type, territory, product, model
-- version, voice.
with
    covering as (select * from {{ ref("int_consent__decisions_covering") }}),
    -- A decision whose evidence was found to mismatch is no proof for any month that
    -- was
    -- not issued by then; what was issued before is exposed, not taken back (E43).
    spared as (
        select
            mismatches.contract_id,
            mismatches.mismatched_at,
            cast(
                date_trunc(
                    'month', max(statements.report_month) + interval '1' month
                ) as date
            ) as unspared_month
        from
            (
                select distinct contract_id, mismatched_at
                from covering
                where mismatched_at is not null
            ) as mismatches
        inner join
            {{ ref("stg_ledger__statements") }} as statements
            on statements.contract_id = mismatches.contract_id
            and statements.known_at < mismatches.mismatched_at
        group by all
    ),
    proven as (
        select
            covering.*,
            case
                when covering.mismatched_at is null
                then covering.stops_at
                when spared.contract_id is null
                then covering.starts_at
                else
                    least(
                        covering.stops_at,
                        {{
                            month_starts_at(
                                "spared.unspared_month",
                                "coalesce(territories.reporting_time_zone, 'UTC')",
                            )
                        }}
                    )
            end as proves_until
        from covering
        left join
            spared
            on spared.contract_id = covering.contract_id
            and spared.mismatched_at = covering.mismatched_at
        left join
            {{ ref("territories") }} as territories
            on territories.territory = covering.asked_territory
    )
select distinct
    scope_id,
    required_party,
    party_id,
    clock,
    decision_id,
    decision,
    daily_limit,
    max_influence,
    enforced_at,
    decided_from,
    ended_from,
    starts_at,
    proves_until as stops_at,
    object_rank * 100000
    + use_type_rank * 10000
    + territory_rank * 1000
    + product_rank * 100
    + model_rank * 10
    + voice_rank as specificity
from proven
where object_rank is not null and starts_at < proves_until
