"""The columns and the key of each table for DDEX messages.

The intake adds `delivery_id`. The package `ern` reads the messages.
"""

import polars as pl

_TIMESTAMP = pl.Datetime("us")
_TEXTS = pl.List(pl.String)

_MESSAGE: dict[str, pl.DataType] = {"sender_dpid": pl.String(), "message_id": pl.String()}
_VERSION: dict[str, pl.DataType] = {"recorded_at": _TIMESTAMP, "is_withdrawn": pl.Boolean()}
_RESOURCE: dict[str, pl.DataType] = {
    "resource_reference": pl.String(),
    # `isrc:<ISRC>`, else `<sender>:<proprietary id>`; null if the sender gave neither.
    "recording_id": pl.String(),
}


def _schema(columns: dict[str, pl.DataType]) -> pl.Schema:
    return pl.Schema(_MESSAGE | columns | _VERSION)


ERN_SCHEMAS: dict[str, pl.Schema] = {
    # One row per message.
    "raw_catalog__ern_messages": _schema(
        {
            "message_type": pl.String(),  # NewReleaseMessage, PurgeReleaseMessage
            "message_thread_id": pl.String(),
            "sender_name": pl.String(),
            "sent_on_behalf_of_dpid": pl.String(),
            "recipient_dpids": _TEXTS,
            "version": pl.String(),  # 3.8.2 to 4.3.2
            "avs_version": pl.String(),
            "release_profile": pl.String(),
            "release_profile_variant": pl.String(),
            "message_control_type": pl.String(),
            "update_indicator": pl.String(),  # 3.8 only
            "encoding": pl.String(),
            "sha256": pl.String(),
            "schema_verdict": pl.String(),  # no_schema: none is shipped
            "role_table_version": pl.Int64(),
            "warnings": _TEXTS,
            "unread_elements": _TEXTS,  # `<subject>: <path> (<count>)`
            "unread_element_count": pl.Int64(),
            "created_at": _TIMESTAMP,
        }
    ),
    # One row per party of a message.
    "raw_catalog__ern_parties": _schema(
        {
            "party_reference": pl.String(),  # made up (`#1`) for 3.8, which has no party list
            "party_id": pl.String(),
            "full_name": pl.String(),
            "names": _TEXTS,
            "isni": pl.String(),
            "dpid": pl.String(),
            "ipi": pl.String(),
            "ipn": pl.String(),
            "cisac_society_id": pl.String(),
            "proprietary_ids": _TEXTS,  # `<namespace>:<id>`
        }
    ),
    # One row per resource and edition, sound recordings and videos.
    "raw_catalog__ern_recordings": _schema(
        _RESOURCE
        | {
            "edition_number": pl.Int64(),
            "resource_kind": pl.String(),  # sound_recording, video
            "recording_type": pl.String(),
            "isrc": pl.String(),
            "isrc_original": pl.String(),
            "proprietary_ids": _TEXTS,
            "iswcs": _TEXTS,
            "title": pl.String(),
            "subtitle": pl.String(),
            "display_artist_names": _TEXTS,
            "main_artist_names": _TEXTS,
            "featured_artist_names": _TEXTS,
            "main_artist_references": _TEXTS,
            "featured_artist_references": _TEXTS,
            "main_artist_ids": _TEXTS,
            "featured_artist_ids": _TEXTS,
            "duration_ms": pl.Int64(),
            "released_on": pl.String(),
            "created_on": pl.String(),
            "p_line": pl.String(),
            "contains_ai": pl.String(),  # none, partly, all; null: not declared
            "ai_vocals": pl.String(),
            "ai_instruments": pl.String(),
            "ai_composition": pl.String(),
            "ai_lyrics": pl.String(),
            "ai_post_production": pl.String(),
            "is_cover": pl.Boolean(),
            "is_instrumental": pl.Boolean(),
            "has_vocal_performance": pl.Boolean(),
        }
    ),
    # One row per recording, contributor and role.
    "raw_catalog__ern_contributors": _schema(
        _RESOURCE
        | {
            "contributor_number": pl.Int64(),
            "role": pl.String(),  # null if the sender gave none
            "role_number": pl.Int64(),
            "ai_groups": _TEXTS,
            "party_reference": pl.String(),
            "party_id": pl.String(),
            "contributor_name": pl.String(),
            "special_contributor": pl.String(),
            "instrument_types": _TEXTS,
            "sequence_number": pl.Int64(),
            "ai_contribution": pl.String(),  # as sent
            "effective_ai_contribution": pl.String(),  # after the rule for GenerativeAI
            "is_display_artist": pl.Boolean(),
            "is_credited": pl.Boolean(),
            "has_made_featured_contribution": pl.Boolean(),
            "has_made_contracted_contribution": pl.Boolean(),
            "territories": _TEXTS,  # where 3.8 credits it; empty for everywhere
        }
    ),
    # One row per recording, rights controller and territory.
    "raw_catalog__ern_rights": _schema(
        _RESOURCE
        | {
            "side": pl.String(),  # MASTER, WORK
            "right_number": pl.Int64(),
            "territory": pl.String(),  # ISO 3166-1, WW, or a CISAC code as sent
            "party_reference": pl.String(),
            "party_id": pl.String(),
            "controller_name": pl.String(),
            "roles": _TEXTS,
            "use_types": _TEXTS,
            "share_pct": pl.Decimal(15, 12),
            "is_share_unknown": pl.Boolean(),
            "start_date": pl.Date(),
            "end_date": pl.Date(),  # as sent: the last day
        }
    ),
    # One row per recording and related resource.
    "raw_catalog__ern_related_recordings": _schema(
        _RESOURCE
        | {
            "related_number": pl.Int64(),
            "relationship_type": pl.String(),
            "related_resource_reference": pl.String(),
            "related_recording_id": pl.String(),
            "related_isrc": pl.String(),
            "related_proprietary_ids": _TEXTS,
        }
    ),
    # One row per release, track releases included.
    "raw_catalog__ern_releases": _schema(
        {
            "release_reference": pl.String(),
            "release_kind": pl.String(),  # release, track_release, purged_release
            "release_types": _TEXTS,
            "grid": pl.String(),
            "icpn": pl.String(),
            "isrc": pl.String(),
            "catalog_numbers": _TEXTS,
            "proprietary_ids": _TEXTS,
            "title": pl.String(),
            "subtitle": pl.String(),
            "display_artist_names": _TEXTS,
            "display_artist_ids": _TEXTS,
            "display_artist_roles": _TEXTS,
            "label_names": _TEXTS,
            "label_references": _TEXTS,
            "label_party_ids": _TEXTS,
            "genres": _TEXTS,
            "released_on": pl.String(),
            "p_line": pl.String(),
            "c_line": pl.String(),
            "resource_references": _TEXTS,  # in track order
            "contains_ai": pl.String(),
            "cover_contains_ai": pl.String(),
            "booklet_contains_ai": pl.String(),  # of linked resources without sound or picture
        }
    ),
    # One row per deal, territory, commercial model, use type and period.
    "raw_catalog__ern_deals": _schema(
        {
            "deal_number": pl.Int64(),
            "row_number": pl.Int64(),
            "deal_reference": pl.String(),
            "release_references": _TEXTS,
            "territory": pl.String(),
            "excluded_territories": _TEXTS,
            "commercial_model": pl.String(),
            "use_type": pl.String(),
            "start_date": pl.Date(),
            "end_date": pl.Date(),  # as sent: the last day
            "start_at": _TIMESTAMP,
            "end_at": _TIMESTAMP,
            "rights_claim_policy": pl.String(),
            "price_code": pl.String(),
            "is_pre_order": pl.Boolean(),
            "is_takedown": pl.Boolean(),
        }
    ),
}

# The key of a row in its table; with `recorded_at` it is unique.
ERN_KEYS: dict[str, tuple[str, ...]] = {
    "raw_catalog__ern_messages": ("sender_dpid", "message_id"),
    "raw_catalog__ern_parties": ("sender_dpid", "message_id", "party_reference"),
    "raw_catalog__ern_recordings": (
        "sender_dpid",
        "message_id",
        "resource_reference",
        "edition_number",
    ),
    "raw_catalog__ern_contributors": (
        "sender_dpid",
        "message_id",
        "resource_reference",
        "recording_id",
        "contributor_number",
        "role_number",
    ),
    "raw_catalog__ern_rights": (
        "sender_dpid",
        "message_id",
        "resource_reference",
        "recording_id",
        "side",
        "right_number",
        "territory",
    ),
    "raw_catalog__ern_related_recordings": (
        "sender_dpid",
        "message_id",
        "resource_reference",
        "recording_id",
        "related_number",
    ),
    "raw_catalog__ern_releases": ("sender_dpid", "message_id", "release_reference"),
    "raw_catalog__ern_deals": ("sender_dpid", "message_id", "deal_number", "row_number"),
}
