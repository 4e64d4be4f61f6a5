-- One row per rate date and currency: the units of it that one euro buys.
-- The ECB's rate is used; the provider feed is used only for currencies that the ECB
-- quotes on no day at all.
with
    ecb_rates as (
        {{
            latest_versions(
                source("raw", "raw_finance__ecb_rates"),
                ["rate_date", "quote_currency"],
            )
        }}
    ),
    provider_rates as (
        {{
            latest_versions(
                source("raw", "raw_finance__fx_rates"),
                ["rate_date", "base_currency", "quote_currency", "provider"],
            )
        }}
    ),
    first_provider_rates as (
        select provider_rates.*
        from provider_rates
        left join
            (select distinct quote_currency from ecb_rates) as ecb_currencies
            on ecb_currencies.quote_currency = provider_rates.quote_currency
        where
            provider_rates.base_currency = 'EUR'
            and provider_rates.quote_currency <> 'EUR'
            and ecb_currencies.quote_currency is null
        qualify
            row_number() over (
                partition by provider_rates.rate_date, provider_rates.quote_currency
                order by provider_rates.provider
            )
            = 1
    ),
    all_rates as (
        select
            rate_date,
            quote_currency as quote_currency_code,
            rate as rate_per_eur,
            'ecb' as rate_source,
            recorded_at,
            delivery_id
        from ecb_rates
        union all
        select
            rate_date,
            quote_currency as quote_currency_code,
            rate as rate_per_eur,
            provider as rate_source,
            recorded_at,
            delivery_id
        from first_provider_rates
        union all
        -- The euro itself, on each day with any rate, so that all currencies are looked
        -- up in the same way.
        select
            rate_date,
            'EUR' as quote_currency_code,
            1 as rate_per_eur,
            'identity' as rate_source,
            min(recorded_at) as recorded_at,
            min(delivery_id) as delivery_id
        from
            (
                select rate_date, recorded_at, delivery_id
                from ecb_rates
                union all
                select rate_date, recorded_at, delivery_id
                from first_provider_rates
            ) as days
        group by all
    )
select
    rate_date,
    quote_currency_code,
    cast(rate_per_eur as {{ t_dec(30, 12) }}) as rate_per_eur,
    rate_source,
    recorded_at,
    delivery_id
from all_rates
