-- One row per usage month, territory, product and tier.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_finance__revenue"),
                ["usage_month", "territory", "product_id", "tier"],
                "revenue",
            )
        }}
    )
select
    cast(usage_month || '-01' as date) as usage_month,
    territory,
    product_id,
    tier,
    currency as currency_code,
    gross as gross_amount,
    coalesce(indirect_tax, cast(0 as {{ t_dec(30, 12) }})) as indirect_tax_amount,
    coalesce(refunds, cast(0 as {{ t_dec(30, 12) }})) as refund_amount,
    coalesce(payment_fees, cast(0 as {{ t_dec(30, 12) }})) as payment_fee_amount,
    coalesce(deductions, cast(0 as {{ t_dec(30, 12) }})) as deduction_amount,
    coalesce(subscribers, 0) as subscribers,
    recorded_at,
    delivery_id
from latest
