-- One row per month and currency: the value of one unit in the reporting currency, at
-- the last rate published in the month, or before it if the month has none.
-- Indicative: statements are paid at the rates of their contracts.
with
    rates as (select * from {{ ref("fct_exchange_rates") }}),
    months as (
        select usage_month as rate_month
        from {{ ref("fct_pools") }}
        union
        select report_month as rate_month
        from {{ ref("fct_statements") }}
        union
        select opened_month as rate_month
        from {{ ref("fct_holds") }}
    ),
    last_rates as (
        select
            months.rate_month,
            rates.quote_currency_code as currency_code,
            rates.rate_date,
            cast(rates.rate_per_eur as {{ t_dec(18, 8) }}) as rate_per_eur,
            rates.rate_source
        from months
        inner join
            rates
            on rates.rate_date < cast(months.rate_month + interval '1' month as date)
        qualify
            row_number() over (
                partition by months.rate_month, rates.quote_currency_code
                order by rates.rate_date desc
            )
            = 1
    ),
    reporting_rates as (
        select rate_month, rate_per_eur as reporting_rate_per_eur
        from last_rates
        where currency_code = '{{ var("reporting_currency_code") }}'
    )
select
    cast(last_rates.rate_month as date) as rate_month,
    cast(last_rates.currency_code as {{ t_str() }}) as currency_code,
    cast(
        '{{ var("reporting_currency_code") }}' as {{ t_str() }}
    ) as reporting_currency_code,
    cast(last_rates.rate_source as {{ t_str() }}) as rate_source,
    cast(
        {{
            div_round(
                "reporting_rates.reporting_rate_per_eur", "last_rates.rate_per_eur", 8
            )
        }} as {{ t_dec(18, 8) }}
    ) as indicative_rate,
    cast(last_rates.rate_date as date) as rate_date
from last_rates
inner join reporting_rates on reporting_rates.rate_month = last_rates.rate_month
