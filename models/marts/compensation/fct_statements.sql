-- One row per contract and report month: all terms of the balance, as issued, or if it
-- is not issued, as of the freeze.
-- opening + earned + corrections - fee + true-up - reserve taken + reserve released -
-- recouped - tax - penalties + resumed = closing = payable + carried + suspended.
with
    balances as (select * from {{ ref("int_statements__balances") }}),
    ledger_statements as (select * from {{ ref("stg_ledger__statements") }}),
    counted as (
        select contract_id, report_month, count(*) as line_count
        from {{ ref("int_statements__open_lines") }}
        where contract_id is not null
        group by all
    )
    {%- set terms = [
        ("opening_amount", "opening_units"),
        ("earned_amount", "earned_units"),
        ("correction_amount", "correction_units"),
        ("fee_amount", "fee_units"),
        ("true_up_amount", "true_up_units"),
        ("reserve_taken_amount", "reserve_taken_units"),
        ("reserve_released_amount", "released_units"),
        ("recouped_amount", "recouped_units"),
        ("tax_amount", "tax_units"),
        ("penalty_amount", "penalty_units"),
        ("resumed_amount", "resumed_units"),
        ("closing_amount", "closing_units"),
        ("suspended_amount", "suspended_units"),
        ("payable_amount", "payable_units"),
        ("carried_amount", "carried_units"),
        ("held_amount", "held_units"),
    ] %}
select
    cast(statement_id as {{ t_str() }}) as statement_id,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(side as {{ t_str() }}) as side,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast('issued' as {{ t_str() }}) as statement_state,
    {% for amount, units in terms -%}
        cast({{ amount }} as {{ t_dec(24, 3) }}) as {{ amount }},
    {% endfor -%}
    cast(line_count as {{ t_bigint() }}) as line_count,
    cast(report_month as date) as report_month,
    cast(known_at as {{ t_ts() }}) as known_at,
    cast(issued_at as {{ t_ts() }}) as issued_at
from ledger_statements
where contract_id <> 'unallocated'
union all
select
    cast(
        balances.contract_id
        || '|'
        || {{ month_text("balances.report_month") }} as {{ t_str() }}
    ) as statement_id,
    cast(balances.partner_id as {{ t_str() }}) as partner_id,
    cast(balances.contract_id as {{ t_str() }}) as contract_id,
    cast(balances.side as {{ t_str() }}) as side,
    cast(balances.currency_code as {{ t_str() }}) as currency_code,
    cast('draft' as {{ t_str() }}) as statement_state,
    {% for amount, units in terms -%}
        {{ minor_units_to_amount("balances." ~ units, "balances.minor_unit_digits") }}
        as {{ amount }},
    {% endfor -%}
    cast(coalesce(counted.line_count, 0) as {{ t_bigint() }}) as line_count,
    cast(balances.report_month as date) as report_month,
    {{ known_at() }} as known_at,
    cast(null as {{ t_ts() }}) as issued_at
from balances
left join
    counted
    on counted.contract_id = balances.contract_id
    and counted.report_month = balances.report_month
