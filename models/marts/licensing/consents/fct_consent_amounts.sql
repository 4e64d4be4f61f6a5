-- One row per consent decision, partner, usage month and currency: the amount paid
-- under it. A line allowed by several decisions together counts in full for each.
with
    named as (
        select
            partner_id,
            consent_proof_id,
            usage_month,
            currency_code,
            sum(amount) as paid_amount,
            count(*) as line_count
        from {{ ref("fct_compensation_lines") }}
        where hold_bucket is null and consent_proof_id is not null
        group by all
    ),
    decisions as (select * from {{ ref("fct_consent_decisions") }})
select
    cast(decisions.decision_id as {{ t_str() }}) as decision_id,
    cast(named.partner_id as {{ t_str() }}) as partner_id,
    cast(named.usage_month as date) as usage_month,
    cast(sum(named.paid_amount) as {{ t_dec(24, 3) }}) as paid_amount,
    cast(named.currency_code as {{ t_str() }}) as currency_code,
    cast(sum(named.line_count) as {{ t_bigint() }}) as line_count
from named {{ explode_list(split_list("named.consent_proof_id", "+"), "proofs") }}
inner join decisions on decisions.decision_id = proofs.item
group by decisions.decision_id, named.partner_id, named.usage_month, named.currency_code
