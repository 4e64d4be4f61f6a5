-- One row per consent decision, version, and recording or work that it covers: for an
-- owner among its objects, for an artist or writer among those with a contribution.
with
    decisions as (select * from {{ ref("stg_licensing__consent_versions") }}),
    contributors_listed as (
        select * from {{ ref("int_partners__contributors_listed") }}
    ),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    owned as (
        select distinct object_type, object_id, owner_party_id
        from {{ ref("int_partners__objects_matched") }}
    ),
    contributed as (
        select
            decisions.decision_id,
            decisions.recorded_at,
            decisions.object_type as decided_type,
            decisions.object_id as decided_object_id,
            decisions.valid_from,
            decisions.valid_to,
            contributors_listed.object_type,
            contributors_listed.object_id,
            {{ gtin("recordings.upc") }} as release_id,
            recordings.label_party_id
        from decisions
        inner join
            contributors_listed
            on contributors_listed.party_id = decisions.party_id
            -- As for consent, an artist's decision also counts for recordings as
            -- featured artist.
            and (
                contributors_listed.voice = decisions.voice
                or (
                    contributors_listed.voice = 'featured_artist'
                    and decisions.voice = 'artist'
                )
            )
        left join
            recordings
            on contributors_listed.object_type = 'recording'
            and recordings.recording_id = contributors_listed.object_id
        where
            decisions.voice <> 'owner'
            and decisions.object_type not in ('recording', 'work')
            and case decisions.voice when 'writer' then 'work' else 'recording' end
            = contributors_listed.object_type
    ),
    covered as (
        select decision_id, recorded_at, object_type, object_id, valid_from, valid_to
        from contributed
        where
            decided_type in ('catalogue', 'likeness', 'artist')
            or (
                decided_type = 'release'
                and release_id = {{ gtin("decided_object_id") }}
            )
            or (decided_type = 'label' and label_party_id = decided_object_id)
        union all
        select decision_id, recorded_at, object_type, object_id, valid_from, valid_to
        from decisions
        where voice <> 'owner' and object_type in ('recording', 'work')
        union
        -- It applies to every recording with the ISRC (E65).
        select
            decisions.decision_id,
            decisions.recorded_at,
            decisions.object_type,
            recordings.recording_id as object_id,
            decisions.valid_from,
            decisions.valid_to
        from decisions
        left join recordings as named on named.recording_id = decisions.object_id
        inner join
            recordings
            on recordings.isrc_group_id
            = coalesce(named.isrc_group_id, {{ isrc_group("decisions.object_id") }})
        where decisions.voice <> 'owner' and decisions.object_type = 'recording'
    ),
    of_owners as (
        select
            decisions.decision_id,
            decisions.recorded_at,
            owned.object_type,
            owned.object_id,
            decisions.valid_from,
            decisions.valid_to
        from decisions
        inner join owned on owned.owner_party_id = decisions.party_id
        left join
            recordings
            on owned.object_type = 'recording'
            and recordings.recording_id = owned.object_id
        left join
            recordings as named
            on decisions.object_type = 'recording'
            and named.recording_id = decisions.object_id
        left join
            contributors_listed
            on decisions.object_type = 'artist'
            and contributors_listed.object_type = owned.object_type
            and contributors_listed.object_id = owned.object_id
            and contributors_listed.party_id = decisions.object_id
        where
            decisions.voice = 'owner'
            and case
                decisions.object_type
                when 'recording'
                then
                    recordings.isrc_group_id = coalesce(
                        named.isrc_group_id, {{ isrc_group("decisions.object_id") }}
                    )
                when 'work'
                then
                    owned.object_type = 'work' and owned.object_id = decisions.object_id
                when 'release'
                then {{ gtin("recordings.upc") }} = {{ gtin("decisions.object_id") }}
                when 'artist'
                then contributors_listed.party_id is not null
                when 'label'
                then decisions.object_id = owned.owner_party_id
                else
                    coalesce(decisions.object_id, owned.owner_party_id)
                    = owned.owner_party_id
            end
    )
select *
from covered
union
select *
from of_owners
