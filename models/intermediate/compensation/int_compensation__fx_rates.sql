-- One row per rate rule, month and currency: the value of one euro on the rule's date,
-- by the last rate published on or before it. The rule's date is the last day of the
-- month (`usage_month_end`), or the 25th of the month after it (`payment_date`); if
-- that is after the freeze, the day of the freeze is used. If the rate is older than 3
-- days, the row has no rate, and a test stops the run (E83).
with
    contract_weights as (select * from {{ ref("int_compensation__contract_weights") }}),
    penalties as (select * from {{ ref("int_compensation__penalties") }}),
    rates as (select * from {{ ref("stg_finance__fx_rates") }}),
    needed as (
        select fx_rule, rate_month, currency_code
        from contract_weights
        where currency_code <> payout_currency_code
        union
        select fx_rule, rate_month, payout_currency_code as currency_code
        from contract_weights
        where currency_code <> payout_currency_code
        union
        select fx_rule, rate_month, currency_code
        from contract_weights
        where currency_code <> rate_currency_code
        union
        select fx_rule, rate_month, rate_currency_code as currency_code
        from contract_weights
        where currency_code <> rate_currency_code
        union
        select fx_rule, rate_month, penalty_currency_code as currency_code
        from penalties
        where penalty_currency_code <> payout_currency_code
        union
        select fx_rule, rate_month, payout_currency_code as currency_code
        from penalties
        where penalty_currency_code <> payout_currency_code
    ),
    dated as (
        select
            needed.*,
            least(
                case
                    when fx_rule = 'payment_date'
                    then {{ payment_date("rate_month") }}
                    else
                        cast(
                            date_trunc('month', rate_month + interval '1' month) as date
                        )
                        - 1
                end,
                cast({{ known_at() }} as date)
            ) as rule_date
        from needed
    ),
    published as (
        select
            dated.fx_rule,
            dated.rate_month,
            dated.currency_code,
            dated.rule_date,
            rates.rate_date,
            rates.rate_per_eur,
            rates.rate_source
        from dated
        left join
            rates
            on rates.quote_currency_code = dated.currency_code
            and rates.rate_date <= dated.rule_date
            and rates.rate_date >= dated.rule_date - 3
        qualify
            row_number() over (
                partition by dated.fx_rule, dated.rate_month, dated.currency_code
                order by rates.rate_date desc
            )
            = 1
    )
select
    fx_rule,
    rate_month,
    currency_code,
    rule_date,
    rate_date,
    cast(rate_per_eur as {{ t_dec(18, 8) }}) as rate_per_eur,
    rate_source
from published
