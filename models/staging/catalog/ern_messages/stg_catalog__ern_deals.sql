-- One row per ERN message, deal, and its territory x commercial model x use type x
-- period.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__ern_deals"),
                ["sender_dpid", "message_id", "deal_number", "row_number"],
                "ownership",
            )
        }}
    )
select
    sender_dpid,
    message_id,
    deal_number,
    row_number,
    deal_reference,
    release_references,
    territory,
    excluded_territories,
    commercial_model,
    use_type,
    rights_claim_policy,
    price_code,
    start_date,
    end_date,
    start_at,
    end_at,
    is_pre_order,
    is_takedown,
    recorded_at,
    delivery_id
from latest
