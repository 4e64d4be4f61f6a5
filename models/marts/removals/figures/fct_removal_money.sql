-- One row per report month, usage month, contract, territory, product, side, currency
-- and movement of money on hold for a removal: put on hold, returned to the pool, paid
-- on reinstatement, or adjusted for another reason. If another hold, such as for
-- missing consent, takes over released money, that is an adjustment.
with
    lines as (
        select *
        from {{ ref("fct_compensation_lines") }}
        where hold_bucket is not null and contract_id is not null
    ),
    -- A removal that moves money from one hold to another makes one movement.
    grouped as (
        select
            report_month,
            usage_month,
            partner_id,
            contract_id,
            territory,
            product_id,
            side,
            currency_code,
            pool_id,
            object_id,
            owner_party_id,
            line_type,
            sum(
                case
                    when hold_bucket = 'REMOVAL' and amount > 0
                    then amount
                    else cast(0 as {{ t_dec(24, 3) }})
                end
            ) as held_amount,
            sum(
                case
                    when hold_bucket = 'REMOVAL' and amount < 0
                    then - amount
                    else cast(0 as {{ t_dec(24, 3) }})
                end
            ) as released_amount,
            sum(
                case
                    when hold_bucket <> 'REMOVAL' and amount > 0
                    then amount
                    else cast(0 as {{ t_dec(24, 3) }})
                end
            ) as other_held_amount
        from lines
        group by all
    ),
    split as (
        select
            *,
            case
                when line_type not in ('SPAM_ADJUSTMENT', 'DISPUTE_RESOLUTION')
                then cast(0 as {{ t_dec(24, 3) }})
                else released_amount - least(released_amount, other_held_amount)
            end as ended_amount
        from grouped
        where held_amount <> 0 or released_amount <> 0
    ),
    movements as (
        select
            *,
            'held' as movement,
            case
                when line_type in ('USAGE', 'LATE_USAGE', 'SPAM_ADJUSTMENT')
                then held_amount
                else cast(0 as {{ t_dec(24, 3) }})
            end as moved_amount
        from split
        union all
        select *, 'returned_to_pool' as movement, ended_amount as moved_amount
        from split
        where line_type = 'SPAM_ADJUSTMENT'
        union all
        select *, 'paid_on_reinstatement' as movement, ended_amount as moved_amount
        from split
        where line_type = 'DISPUTE_RESOLUTION'
        union all
        select
            *,
            'adjusted' as movement,
            case
                when line_type in ('USAGE', 'LATE_USAGE', 'SPAM_ADJUSTMENT')
                then cast(0 as {{ t_dec(24, 3) }})
                else held_amount
            end
            - (released_amount - ended_amount) as moved_amount
        from split
    )
select
    cast(report_month as date) as report_month,
    cast(usage_month as date) as usage_month,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(side as {{ t_str() }}) as side,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(movement as {{ t_str() }}) as movement,
    cast(sum(moved_amount) as {{ t_dec(24, 3) }}) as amount
from movements
group by all
having sum(moved_amount) <> 0
