-- One row per month of use, product, partner and currency with uses between a
-- revocation and the time at which the product obeyed it: their number, the duration,
-- and the amount on hold for them. Without lines, one row without a currency.
with
    uses as (
        select usage_month, product_id, partner_id, use_id, consent_denial_id
        from {{ ref("fct_source_uses") }}
        where exclusion_reason is null and consent_status = 'leakage'
    ),
    decisions as (select * from {{ ref("fct_consent_decisions") }}),
    lines as (
        select *
        from {{ ref("fct_compensation_lines") }}
        where consent_status = 'leakage' and hold_bucket = 'CONSENT'
    ),
    exchange_rates as (select * from {{ ref("dim_exchange_rates") }}),
    partners as (select * from {{ ref("dim_partners") }}),
    products as (select * from {{ ref("dim_products") }}),
    counted as (
        select
            usage_month,
            product_id,
            partner_id,
            count(distinct use_id) as leaked_use_count
        from uses
        group by usage_month, product_id, partner_id
    ),
    revoked as (
        select distinct
            uses.usage_month,
            uses.product_id,
            uses.partner_id,
            proofs.item as decision_id
        from
            uses {{ explode_list(split_list("uses.consent_denial_id", "+"), "proofs") }}
    ),
    delays as (
        select
            revoked.usage_month,
            revoked.product_id,
            revoked.partner_id,
            count(*) as decision_count,
            sum(decisions.seconds_to_enforcement) as leakage_seconds
        from revoked
        inner join decisions on decisions.decision_id = revoked.decision_id
        where decisions.seconds_to_enforcement > 0
        group by revoked.usage_month, revoked.product_id, revoked.partner_id
    ),
    amounts as (
        select
            usage_month,
            product_id,
            partner_id,
            currency_code,
            sum(cast(amount as {{ t_dec(24, 3) }})) as held_amount
        from lines
        group by usage_month, product_id, partner_id, currency_code
    )
select
    cast(counted.usage_month as date) as report_month,
    cast(counted.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(counted.partner_id as {{ t_str() }}) as partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    cast(counted.leaked_use_count as {{ t_bigint() }}) as leaked_use_count,
    cast(coalesce(delays.decision_count, 0) as {{ t_bigint() }}) as decision_count,
    cast(coalesce(delays.leakage_seconds, 0) as {{ t_bigint() }}) as leakage_seconds,
    cast(amounts.held_amount as {{ t_dec(24, 3) }}) as held_amount,
    cast(amounts.currency_code as {{ t_str() }}) as currency_code,
    {{ reporting_amount("amounts.held_amount", "exchange_rates.indicative_rate") }}
    as held_reporting_amount,
    cast(
        exchange_rates.reporting_currency_code as {{ t_str() }}
    ) as reporting_currency_code
from counted
left join
    delays
    on delays.usage_month = counted.usage_month
    and delays.product_id = counted.product_id
    and delays.partner_id is not distinct from counted.partner_id
left join
    amounts
    on amounts.usage_month = counted.usage_month
    and amounts.product_id = counted.product_id
    and amounts.partner_id is not distinct from counted.partner_id
left join
    exchange_rates
    on exchange_rates.rate_month = amounts.usage_month
    and exchange_rates.currency_code = amounts.currency_code
left join products on products.product_id = counted.product_id
left join partners on partners.partner_id = counted.partner_id
