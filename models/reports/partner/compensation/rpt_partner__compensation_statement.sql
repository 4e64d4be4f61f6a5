-- One row per contract and report month: the balance of a partner's statement.
select
    partner_id,
    report_month,
    statement_id,
    contract_id,
    side,
    currency_code,
    cast('draft' as {{ t_str() }}) as statement_state,
    {{ known_at() }} as known_at,
    opening_amount,
    earned_amount,
    fee_amount,
    closing_amount,
    payable_amount,
    carried_amount,
    held_amount,
    line_count
from {{ ref("fct_statements") }}
