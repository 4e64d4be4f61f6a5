-- One row per rate date and currency: the amount of the currency that one euro buys.
select
    cast(rate_date as date) as rate_date,
    cast(quote_currency_code as {{ t_str() }}) as quote_currency_code,
    cast(rate_per_eur as {{ t_dec(30, 12) }}) as rate_per_eur,
    cast(rate_source as {{ t_str() }}) as rate_source,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_finance__fx_rates") }}
