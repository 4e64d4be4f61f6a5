-- One row per scope, party asked, and decision that covers it on a clock, with how
-- specific it is: object, then use type, territory, product, model version.
with
    scopes as (select * from {{ ref("int_consent__scopes") }}),
    questions as (select * from {{ ref("int_consent__questions") }}),
    aliases as (select * from {{ ref("stg_catalog__party_aliases") }}),
    -- Decisions of parties that were merged speak for each other from the merge on
    -- (E44).
    decisions as (
        select
            stretches.*,
            coalesce(
                parties.canonical_party_id, stretches.party_id
            ) as canonical_party_id,
            parties.merged_at,
            coalesce(
                things.canonical_party_id, stretches.object_id
            ) as canonical_object_id
        from {{ ref("int_consent__decision_stretches") }} as stretches
        left join aliases as parties on parties.party_id = stretches.party_id
        left join
            aliases as things
            on stretches.object_type in ('artist', 'likeness')
            and things.party_id = stretches.object_id
    ),
    speakers as (select * from {{ ref("int_consent__speakers") }}),
    objects as (
        select
            things.*,
            coalesce(aliases.canonical_party_id, things.thing_id) as canonical_thing_id
        from {{ ref("int_consent__objects") }} as things
        left join
            aliases
            on things.thing_type in ('main_artist', 'featured_artist', 'writer')
            and aliases.party_id = things.thing_id
    ),
    regions as (select * from {{ ref("regions") }}),
    asked as (
        select
            questions.scope_id,
            questions.required_party,
            questions.voice,
            questions.party_id,
            coalesce(speakers.speaker_party_id, questions.party_id) as speaker_party_id,
            coalesce(
                aliases.canonical_party_id,
                speakers.speaker_party_id,
                questions.party_id
            ) as canonical_speaker_id,
            aliases.merged_at,
            coalesce(speakers.valid_from, {{ always_from() }}) as speaks_from,
            coalesce(speakers.valid_to, {{ always_to() }}) as speaks_to
        from questions
        left join
            speakers
            on questions.voice = 'owner'
            and speakers.owner_party_id = questions.party_id
        left join
            aliases
            on aliases.party_id
            = coalesce(speakers.speaker_party_id, questions.party_id)
    )
select
    asked.scope_id,
    asked.required_party,
    asked.party_id,
    decisions.clock,
    decisions.decision_id,
    decisions.decision,
    decisions.daily_limit,
    decisions.max_influence,
    decisions.enforced_at,
    greatest(
        decisions.starts_at,
        asked.speaks_from,
        case
            when decisions.party_id <> asked.speaker_party_id
            then greatest(decisions.merged_at, asked.merged_at)
            else decisions.starts_at
        end
    ) as starts_at,
    least(decisions.stops_at, asked.speaks_to) as stops_at,
    decisions.decided_from,
    decisions.mismatched_at,
    scopes.contract_id,
    scopes.territory as asked_territory,
    case
        when decisions.object_type = 'catalogue'
        then 1
        when
            decisions.object_type = 'label'
            and decisions.object_id = scopes.owner_party_id
        then 2
        when decisions.object_type = 'likeness' and decisions.object_id is null
        then 5
        when things.thing_type is null
        then null
        when decisions.object_type = 'label'
        then 2
        when decisions.object_type = 'artist'
        then 3
        when decisions.object_type = 'release'
        then 4
        else 5
    end as object_rank,
    case when decisions.use_type = '*' then 1 else 2 end as use_type_rank,
    {{
        territory_rank(
            "decisions.territory", "scopes.territory", "regions.region_code"
        )
    }} as territory_rank,
    case when decisions.product_id = '*' then 1 else 2 end as product_rank,
    case when decisions.model_version is null then 1 else 2 end as model_rank
from asked
inner join scopes on scopes.scope_id = asked.scope_id
inner join
    decisions
    on decisions.canonical_party_id = asked.canonical_speaker_id
    -- A featured artist is an artist: a decision for all its recordings
    -- counts too.
    and (
        decisions.voice = asked.voice
        or (asked.voice = 'featured_artist' and decisions.voice = 'artist')
    )
left join
    regions
    on regions.region_code = decisions.territory
    and regions.territory = scopes.territory
left join
    objects as things
    on things.side = scopes.side
    and things.object_id = scopes.object_id
    and things.canonical_thing_id = decisions.canonical_object_id
    and things.thing_type in (
        decisions.object_type,
        case
            when decisions.object_type in ('artist', 'likeness') then 'main_artist'
        end,
        case
            when decisions.object_type in ('artist', 'likeness') then 'featured_artist'
        end,
        case when decisions.object_type in ('artist', 'likeness') then 'writer' end
    )
where
    decisions.use_type in (scopes.use_type, '*')
    and decisions.product_id in (scopes.product_id, '*')
    and (
        decisions.model_version is null
        or decisions.model_version = scopes.model_version
    )
    and (
        decisions.territory in (scopes.territory, 'WW')
        or regions.region_code is not null
    )
    and (decisions.object_type <> 'likeness' or scopes.use_type = 'voice_clone')
    and (
        decisions.object_type <> 'catalogue'
        or decisions.object_id is null
        or decisions.object_id in (decisions.party_id, scopes.owner_party_id)
    )
    and (
        asked.voice <> 'owner'
        or scopes.owner_since is null
        or decisions.decided_from >= scopes.owner_since
    )
