-- One row per consent decision, version, and partner whose catalogue it touches. An
-- owner's decision belongs to the partners that the owner itself reaches, and to no
-- co-owner's. A decision of an artist or a writer belongs to the partners of those
-- who own the recordings and works that it covers while it is valid.
with
    decisions as (select * from {{ ref("stg_licensing__consent_versions") }}),
    contributors_listed as (
        select * from {{ ref("int_partners__contributors_listed") }}
    ),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    objects_matched as (select * from {{ ref("int_partners__objects_matched") }}),
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
            -- As consent is judged: an artist's decision counts for its features too.
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
        -- It speaks for every recording with the ISRC (E65).
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
    touched as (
        select
            decisions.decision_id,
            decisions.recorded_at,
            decisions.party_id as deciding_id,
            parties_matched.partner_id,
            parties_matched.depth
        from decisions
        inner join
            parties_matched
            on parties_matched.party_id = decisions.party_id
            and parties_matched.valid_from
            < coalesce(decisions.valid_to, {{ always_to() }})
            and coalesce(parties_matched.valid_to, {{ always_to() }})
            > decisions.valid_from
        where decisions.voice = 'owner'
        union all
        select
            covered.decision_id,
            covered.recorded_at,
            objects_matched.object_id
            || '|'
            || objects_matched.owner_party_id as deciding_id,
            objects_matched.partner_id,
            objects_matched.depth
        from covered
        inner join
            objects_matched
            on objects_matched.object_type = covered.object_type
            and objects_matched.object_id = covered.object_id
            and objects_matched.valid_from
            < coalesce(covered.valid_to, {{ always_to() }})
            and coalesce(objects_matched.valid_to, {{ always_to() }})
            > covered.valid_from
    ),
    nearest as (
        select decision_id, recorded_at, partner_id
        from touched
        qualify
            rank() over (
                partition by decision_id, recorded_at, deciding_id order by depth
            )
            = 1
    )
select distinct decision_id, recorded_at, partner_id
from nearest
