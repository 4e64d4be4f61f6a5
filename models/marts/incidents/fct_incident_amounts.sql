-- One row per incident and currency: what is on hold for it, and what was paid that
-- rests on a decision whose evidence does not match (E43).
with
    incidents as (select * from {{ ref("fct_incidents") }}),
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    held as (
        select incidents.incident_id, lines.currency_code, lines.amount, 0 as exposed
        from lines
        inner join
            incidents
            on incidents.incident_kind = 'unlicensed_use'
            and incidents.usage_month = lines.usage_month
            and incidents.product_id = lines.product_id
            and incidents.side = lines.side
            and incidents.owner_party_id = lines.owner_party_id
        where lines.contract_id is null and lines.hold_bucket = 'UNROUTED'
        union all
        select incidents.incident_id, lines.currency_code, lines.amount, 0 as exposed
        from lines
        inner join
            incidents
            on incidents.consent_status = lines.consent_status
            and incidents.usage_month = lines.usage_month
            and incidents.product_id = lines.product_id
            and incidents.side = lines.side
            and incidents.object_id = lines.object_id
            and incidents.owner_party_id = lines.owner_party_id
            and incidents.contract_id = lines.contract_id
        where lines.hold_bucket = 'CONSENT'
    ),
    named as (
        select consent_proof_id, currency_code, sum(amount) as amount
        from lines
        where hold_bucket is null and consent_proof_id is not null
        group by all
    ),
    exposed as (
        select
            incidents.incident_id,
            named.currency_code,
            0 as amount,
            named.amount as exposed
        from
            named {{ explode_list(split_list("named.consent_proof_id", "+"), "proofs") }}
        inner join
            incidents
            on incidents.incident_kind = 'evidence_mismatch'
            and incidents.decision_id = proofs.item
    ),
    summed as (
        select
            incident_id,
            currency_code,
            sum(cast(amount as {{ t_dec(24, 3) }})) as held_amount,
            sum(cast(exposed as {{ t_dec(24, 3) }})) as exposed_amount
        from
            (
                select *
                from held
                union all
                select *
                from exposed
            ) as amounts
        group by all
    )
select
    incident_id,
    cast(held_amount as {{ t_dec(24, 3) }}) as held_amount,
    cast(exposed_amount as {{ t_dec(24, 3) }}) as exposed_amount,
    currency_code
from summed
