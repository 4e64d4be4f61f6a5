-- One row per contract and open report month: the part of its earnings that recoups an
-- advance, and the balance of the advance afterwards (E91 to E93). Minor units.
with recursive
    months as (select * from {{ ref("int_statements__recoupables") }}),
    chain(contract_id, month_number, recouped_units, recouped_to_date_units) as (
        select
            contract_id,
            month_number,
            {{
                wide(
                    "greatest(least(advance_units - recouped_before_units, recoupable_units), 0)"
                )
            }}
            as recouped_units,
            {{
                wide(
                    "recouped_before_units + greatest(least(advance_units - recouped_before_units, recoupable_units), 0)"
                )
            }}
            as recouped_to_date_units
        from months
        where month_number = 1
        union all
        select
            months.contract_id,
            months.month_number,
            {{
                wide(
                    "greatest(least(months.advance_units - chain.recouped_to_date_units, months.recoupable_units), 0)"
                )
            }}
            as recouped_units,
            {{
                wide(
                    "chain.recouped_to_date_units + greatest(least(months.advance_units - chain.recouped_to_date_units, months.recoupable_units), 0)"
                )
            }}
            as recouped_to_date_units
        from chain
        inner join
            months
            on months.contract_id = chain.contract_id
            and months.month_number = chain.month_number + 1
    )
select
    months.contract_id,
    months.report_month,
    months.released_units,
    chain.recouped_units,
    months.advance_units - chain.recouped_to_date_units as advance_balance_units
from chain
inner join
    months
    on months.contract_id = chain.contract_id
    and months.month_number = chain.month_number
