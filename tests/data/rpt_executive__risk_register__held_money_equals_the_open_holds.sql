-- Executives see all the money on hold, to the cent. If they do not, compare the
-- register with fct_holds, per currency.
with
    risks as (
        select currency_code, sum(amount) as amount
        from {{ ref("rpt_executive__risk_register") }}
        where risk_name = 'held_money'
        group by all
    ),
    holds as (
        select currency_code, sum(amount - released_amount) as open_amount
        from {{ ref("fct_holds") }}
        where
            (released_month is null or amount <> released_amount)
            and hold_bucket <> 'BELOW_MINIMUM'
        group by all
    )
select currency_code, amount, open_amount
from risks
full outer join holds using (currency_code)
where amount is distinct from open_amount
