-- One row per consent decision, in its latest version, whose object is not in the
-- catalogue: it covers no use. A recording is found by its id or ISRC, a release by its
-- GTIN, an artist or label by an id on any recording or work, a catalogue by its party.
with
    decisions as (select * from {{ ref("stg_licensing__consents") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    works as (select * from {{ ref("stg_catalog__works") }}),
    ownership as (select * from {{ ref("stg_catalog__ownership") }}),
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    merges as (select * from {{ ref("int_rights__parties_merged") }}),
    contributors as (select * from {{ ref("int_partners__contributors_listed") }}),
    listed as (
        select party_id, 'artist' as object_type
        from contributors
        union
        select label_party_id as party_id, 'label' as object_type
        from recordings
        union
        select party_id, 'label' as object_type
        from ownership
        union
        select party_id, 'catalogue' as object_type
        from parties
        union
        select party_id, 'catalogue' as object_type
        from ownership
        union
        select party_id, 'catalogue' as object_type
        from contributors
    ),
    known as (
        select 'recording' as object_type, recording_id as object_id
        from recordings
        union
        select 'recording' as object_type, isrc_group_id as object_id
        from recordings
        union
        select 'work' as object_type, work_id as object_id
        from works
        union
        select 'release' as object_type, {{ gtin("upc") }} as object_id
        from recordings
        union
        select object_type, party_id as object_id
        from listed
        union
        select listed.object_type, merges.same_party_id as object_id
        from listed
        inner join merges on merges.party_id = listed.party_id
    ),
    named as (
        select
            decisions.*,
            case
                when object_type = 'likeness' and object_id is not null
                then 'artist'
                when object_type = 'likeness'
                then 'catalogue'
                else object_type
            end as known_type,
            case
                object_type
                when 'release'
                then {{ gtin("object_id") }}
                else coalesce(object_id, party_id)
            end as known_id
        from decisions
    ),
    -- One name per row, so that the join can look names up.
    names as (
        select decision_id, known_type, known_id
        from named
        union
        select decision_id, known_type, {{ isrc_group("object_id") }} as known_id
        from named
        where object_type = 'recording'
    ),
    matched as (
        select distinct names.decision_id
        from names
        inner join
            known
            on known.object_type = names.known_type
            and known.object_id = names.known_id
    )
select
    cast(named.decision_id as {{ t_str() }}) as decision_id,
    cast(named.party_id as {{ t_str() }}) as party_id,
    cast(named.voice as {{ t_str() }}) as voice,
    cast(named.decision as {{ t_str() }}) as decision,
    cast(named.object_type as {{ t_str() }}) as object_type,
    cast(named.object_id as {{ t_str() }}) as object_id,
    cast(named.valid_from as {{ t_ts() }}) as valid_from,
    cast(named.valid_to as {{ t_ts() }}) as valid_to,
    cast(named.recorded_at as {{ t_ts() }}) as recorded_at
from named
left join matched on matched.decision_id = named.decision_id
where matched.decision_id is null
