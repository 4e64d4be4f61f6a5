-- One row per ERN message and release, including track releases.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__ern_releases"),
                ["sender_dpid", "message_id", "release_reference"],
                "ownership",
            )
        }}
    )
select
    sender_dpid,
    message_id,
    release_reference,
    release_kind,
    release_types,
    grid,
    icpn,
    isrc,
    catalog_numbers,
    proprietary_ids,
    title,
    subtitle,
    display_artist_ids,
    label_party_ids,
    genres,
    released_on,
    p_line,
    c_line,
    resource_references,
    contains_ai,
    cover_contains_ai,
    booklet_contains_ai,
    recorded_at,
    delivery_id
from latest
