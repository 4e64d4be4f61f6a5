-- One row per incident and currency: the amount on hold for it, and the amount paid
-- under a decision whose evidence does not match (E43); both also in the reporting
-- currency, indicative, at the rates of the ends of the usage months.
with
    incidents as (select * from {{ ref("fct_incidents") }}),
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    exchange_rates as (select * from {{ ref("dim_exchange_rates") }}),
    held as (
        select
            incidents.incident_id,
            lines.currency_code,
            lines.usage_month,
            lines.amount,
            0 as exposed
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
        select
            incidents.incident_id,
            lines.currency_code,
            lines.usage_month,
            lines.amount,
            0 as exposed
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
        select consent_proof_id, currency_code, usage_month, sum(amount) as amount
        from lines
        where hold_bucket is null and consent_proof_id is not null
        group by all
    ),
    exposed as (
        select
            incidents.incident_id,
            named.currency_code,
            named.usage_month,
            0 as amount,
            named.amount as exposed
        from
            named {{ explode_list(split_list("named.consent_proof_id", "+"), "proofs") }}
        inner join
            incidents
            on incidents.incident_kind = 'evidence_mismatch'
            and incidents.decision_id = proofs.item
    ),
    monthly as (
        select
            incident_id,
            currency_code,
            usage_month,
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
        group by incident_id, currency_code, usage_month
    ),
    converted as (
        select
            monthly.*,
            exchange_rates.reporting_currency_code,
            {{
                reporting_amount(
                    "monthly.held_amount", "exchange_rates.indicative_rate"
                )
            }} as held_reporting_amount,
            {{
                reporting_amount(
                    "monthly.exposed_amount", "exchange_rates.indicative_rate"
                )
            }} as exposed_reporting_amount
        from monthly
        left join
            exchange_rates
            on exchange_rates.rate_month = monthly.usage_month
            and exchange_rates.currency_code = monthly.currency_code
    )
select
    cast(incident_id as {{ t_str() }}) as incident_id,
    cast(sum(held_amount) as {{ t_dec(24, 3) }}) as held_amount,
    cast(sum(exposed_amount) as {{ t_dec(24, 3) }}) as exposed_amount,
    cast(currency_code as {{ t_str() }}) as currency_code,
    -- Without the rate of a part the sum would be too small, so it is null then.
    cast(
        case
            when count(held_reporting_amount) = count(*) then sum(held_reporting_amount)
        end as {{ t_dec(24, 6) }}
    ) as held_reporting_amount,
    cast(
        case
            when count(exposed_reporting_amount) = count(*)
            then sum(exposed_reporting_amount)
        end as {{ t_dec(24, 6) }}
    ) as exposed_reporting_amount,
    cast(
        case
            when count(reporting_currency_code) = count(*)
            then min(reporting_currency_code)
        end as {{ t_str() }}
    ) as reporting_currency_code
from converted
group by incident_id, currency_code
