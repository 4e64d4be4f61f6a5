-- One row per ERN message and release, including track releases.
select
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(release_reference as {{ t_str() }}) as release_reference,
    cast(release_kind as {{ t_str() }}) as release_kind,
    cast({{ join_list("release_types", "|") }} as {{ t_str() }}) as release_types,
    cast(grid as {{ t_str() }}) as grid,
    cast(icpn as {{ t_str() }}) as icpn,
    cast(isrc as {{ t_str() }}) as isrc,
    cast({{ join_list("catalog_numbers", "|") }} as {{ t_str() }}) as catalog_numbers,
    cast({{ join_list("proprietary_ids", "|") }} as {{ t_str() }}) as proprietary_ids,
    cast(title as {{ t_str() }}) as title,
    cast(subtitle as {{ t_str() }}) as subtitle,
    cast(
        {{ join_list("display_artist_ids", "|") }} as {{ t_str() }}
    ) as display_artist_ids,
    cast({{ join_list("label_party_ids", "|") }} as {{ t_str() }}) as label_party_ids,
    cast({{ join_list("genres", "|") }} as {{ t_str() }}) as genres,
    cast(released_on as {{ t_str() }}) as released_on,
    cast(p_line as {{ t_str() }}) as p_line,
    cast(c_line as {{ t_str() }}) as c_line,
    cast(contains_ai as {{ t_str() }}) as contains_ai,
    cast(cover_contains_ai as {{ t_str() }}) as cover_contains_ai,
    cast(booklet_contains_ai as {{ t_str() }}) as booklet_contains_ai,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_releases") }}
