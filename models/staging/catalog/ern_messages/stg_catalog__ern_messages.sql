-- One row per ERN message.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__ern_messages"),
                ["sender_dpid", "message_id"],
                "ownership",
            )
        }}
    )
select
    sender_dpid,
    message_id,
    message_type,
    message_thread_id,
    sender_name,
    sent_on_behalf_of_dpid,
    recipient_dpids,
    version,
    avs_version,
    release_profile,
    release_profile_variant,
    message_control_type,
    update_indicator,
    sha256,
    schema_verdict,
    warnings,
    unread_elements,
    unread_element_count,
    created_at,
    recorded_at,
    delivery_id
from latest
