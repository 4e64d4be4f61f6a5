-- One row per held line: how much, why, since when, and which line released it.
select
    cast(line_id as {{ t_str() }}) as line_id,
    cast(hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(consent_status as {{ t_str() }}) as consent_status,
    cast(amount as {{ t_dec(24, 3) }}) as amount,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(usage_month as date) as usage_month,
    cast(report_month as date) as opened_month,
    cast(null as date) as released_month,
    cast(null as {{ t_str() }}) as released_by_line_id
from {{ ref("fct_compensation_lines") }}
where hold_bucket is not null
