-- One row per AI product.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_licensing__products"), ["product_id"], "terms"
            )
        }}
    )
select
    product_id,
    name,
    kind,
    launched_at,
    weight_basis,
    default_share_master,
    default_share_work,
    remainder_rule,
    coalesce(weight_floor, cast(0 as {{ t_dec(13, 12) }})) as weight_floor,
    attribution_fallback,
    recorded_at,
    delivery_id
from latest
