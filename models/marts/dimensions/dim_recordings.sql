-- One row per recording.
with
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    credited as (
        select
            recordings.recording_id,
            'main' as artist_role,
            artist.item as party_id,
            artist.place
        from
            recordings
            {{ explode_list_numbered("recordings.main_artist_ids", "artist") }}
        union all
        select
            recordings.recording_id,
            'featured' as artist_role,
            artist.item as party_id,
            artist.place
        from
            recordings
            {{ explode_list_numbered("recordings.featured_artist_ids", "artist") }}
    ),
    named as (
        select
            credited.recording_id,
            credited.artist_role,
            credited.place,
            credited.party_id,
            coalesce(parties.party_name, credited.party_id) as artist_name
        from credited
        left join parties on parties.party_id = credited.party_id
    ),
    main_artists as (
        select
            recording_id,
            {{ joined_by_place("party_id", "place", "|") }} as artist_ids,
            {{ joined_by_place("artist_name", "place", "; ") }} as artist_names
        from named
        where artist_role = 'main'
        group by all
    ),
    statements as (
        {%- set areas = [
            "ai_vocals",
            "ai_instruments",
            "ai_composition",
            "ai_lyrics",
            "ai_post_production",
        ] %}
        {%- for area in ["contains_ai"] + areas %}
            select recording_id, '{{ area }}' as area, {{ area }} as ai_part
            from recordings
            where {{ area }} is not null {{ "union all" if not loop.last }}
        {%- endfor %}
    ),
    -- `all` is declared for the whole or for each area; without any declaration the
    -- value is `undeclared`, not `none`.
    disclosed as (
        select
            recordings.recording_id,
            case
                when count(statements.area) = 0
                then 'undeclared'
                when
                    count(*) filter (
                        where statements.area = 'contains_ai' and ai_part = 'all'
                    )
                    = 1
                    or count(*) filter (
                        where statements.area <> 'contains_ai' and ai_part = 'all'
                    )
                    = {{ areas | length }}
                then 'all'
                when count(*) filter (where statements.ai_part <> 'none') > 0
                then 'some'
                else 'none'
            end as ai_disclosure
        from recordings
        left join statements on statements.recording_id = recordings.recording_id
        group by all
    ),
    featured_artists as (
        select
            recording_id,
            {{ joined_by_place("party_id", "place", "|") }} as artist_ids,
            {{ joined_by_place("artist_name", "place", "; ") }} as artist_names
        from named
        where artist_role = 'featured'
        group by all
    )
select
    cast(recordings.recording_id as {{ t_str() }}) as recording_id,
    cast(recordings.isrc as {{ t_str() }}) as isrc,
    cast(recordings.isrc_original as {{ t_str() }}) as isrc_original,
    cast(recordings.isrc_group_id as {{ t_str() }}) as isrc_group_id,
    cast(recordings.upc as {{ t_str() }}) as upc,
    cast(recordings.title as {{ t_str() }}) as title,
    cast(main_artists.artist_names as {{ t_str() }}) as artist_names,
    cast(featured_artists.artist_names as {{ t_str() }}) as featured_artist_names,
    cast(main_artists.artist_ids as {{ t_str() }}) as main_artist_ids,
    cast(featured_artists.artist_ids as {{ t_str() }}) as featured_artist_ids,
    cast(recordings.label_party_id as {{ t_str() }}) as label_party_id,
    cast(labels.party_name as {{ t_str() }}) as label_name,
    cast(recordings.uploader_party_id as {{ t_str() }}) as uploader_party_id,
    cast(recordings.released_on as {{ t_str() }}) as released_on,
    cast(recordings.contains_ai as {{ t_str() }}) as contains_ai,
    cast(recordings.ai_vocals as {{ t_str() }}) as ai_vocals,
    cast(recordings.ai_instruments as {{ t_str() }}) as ai_instruments,
    cast(recordings.ai_composition as {{ t_str() }}) as ai_composition,
    cast(recordings.ai_lyrics as {{ t_str() }}) as ai_lyrics,
    cast(recordings.ai_post_production as {{ t_str() }}) as ai_post_production,
    cast(recordings.duration_ms as {{ t_bigint() }}) as duration_ms,
    cast(recordings.ai_detected_score as {{ t_dec(13, 12) }}) as ai_detected_score,
    cast(
        coalesce(
            recordings.uploader_party_id, recordings.label_party_id
        ) as {{ t_str() }}
    ) as supplier_party_id,
    cast(disclosed.ai_disclosure as {{ t_str() }}) as ai_disclosure,
    cast(disclosed.ai_disclosure in ('some', 'all') as boolean) as is_ai_declared,
    cast(
        coalesce(
            recordings.ai_detected_score
            >= cast('{{ var("ai_detection_threshold") }}' as {{ t_dec(13, 12) }}),
            false
        ) as boolean
    ) as is_ai_detected,
    cast(recordings.is_functional_noise as boolean) as is_functional_noise,
    cast(recordings.is_in_ern as boolean) as is_in_ern,
    cast(recordings.delivered_at as {{ t_ts() }}) as delivered_at,
    cast(recordings.recorded_at as {{ t_ts() }}) as recorded_at
from recordings
inner join disclosed on disclosed.recording_id = recordings.recording_id
left join main_artists on main_artists.recording_id = recordings.recording_id
left join featured_artists on featured_artists.recording_id = recordings.recording_id
left join parties as labels on labels.party_id = recordings.label_party_id
