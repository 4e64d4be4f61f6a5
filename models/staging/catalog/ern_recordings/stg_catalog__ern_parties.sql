-- One row per party in ERN messages, as described in the last of them.
with
    known as (
        select *
        from {{ arrived(source("raw", "raw_catalog__ern_parties")) }} as arrivals
        where known_from <= {{ known_at("ownership") }} and party_id is not null
    ),
    labels as (
        select distinct label.item as party_id
        from
            {{ arrived(source("raw", "raw_catalog__ern_releases")) }} as releases
            {{ explode_list("releases.label_party_ids", "label") }}
        where releases.known_from <= {{ known_at("ownership") }}
    ),
    latest as (
        select *
        from known
        qualify
            row_number() over (
                partition by party_id
                order by recorded_at desc, sender_dpid, message_id, party_reference
            )
            = 1
    )
select
    latest.party_id,
    latest.full_name,
    latest.names,
    latest.isni,
    latest.dpid,
    latest.ipi,
    latest.ipn,
    latest.cisac_society_id,
    latest.proprietary_ids,
    latest.sender_dpid,
    latest.message_id,
    labels.party_id is not null as is_label,
    latest.recorded_at,
    latest.delivery_id
from latest
left join labels on labels.party_id = latest.party_id
