-- One row per contract version with a minimum guarantee: the amount of each period, in
-- minor units, and how periods are counted.
select
    terms.contract_id,
    terms.contract_version,
    terms.base_contract_version,
    terms.payout_currency_code,
    terms.minimum_guarantee_period_months as guarantee_months,
    cast(
        date_trunc('month', terms.minimum_guarantee_starts_on) as date
    ) as guarantee_starts_on,
    {{
        amount_to_minor_units(
            "terms.minimum_guarantee_amount", "currencies.minor_unit_digits"
        )
    }} as guarantee_units,
    terms.valid_from,
    coalesce(terms.valid_to, {{ always_to() }}) as valid_to
from {{ ref("int_licensing__terms_effective") }} as terms
inner join
    {{ ref("currencies") }} as currencies
    on currencies.currency_code = terms.payout_currency_code
where terms.minimum_guarantee_amount > 0
