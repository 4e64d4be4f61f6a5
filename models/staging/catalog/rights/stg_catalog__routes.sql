-- One row per owner, side, territory, product and start: the partner and contract
-- through which it is paid.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__routes"),
                ["party_id", "side", "territory", "product_id", "valid_from"],
                "ownership",
            )
        }}
    )
select
    party_id,
    side,
    territory,
    product_id,
    partner_id,
    contract_id,
    valid_from,
    valid_to,
    recorded_at,
    delivery_id
from latest
