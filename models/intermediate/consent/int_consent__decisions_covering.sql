-- One row per scope, party asked, and decision that covers it on a clock, with how
-- specific it is: object, then use type, territory, product, model version, voice.
with
    scopes as (select * from {{ ref("int_consent__scopes") }}),
    questions as (select * from {{ ref("int_consent__questions") }}),
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    decisions as (select * from {{ ref("int_consent__decisions_named") }}),
    speakers as (select * from {{ ref("int_consent__speakers") }}),
    objects as (select * from {{ ref("int_consent__objects") }}),
    regions as (select * from {{ ref("regions") }}),
    asked as (
        select
            questions.scope_id,
            questions.required_party,
            questions.voice,
            questions.party_id,
            speakers.speaker_party_id,
            speakers.valid_from as speaks_from,
            speakers.valid_to as speaks_to
        from questions
        inner join speakers on speakers.owner_party_id = questions.party_id
        where questions.voice = 'owner'
        union all
        select
            scope_id,
            required_party,
            voice,
            party_id,
            party_id as speaker_party_id,
            {{ always_from() }} as speaks_from,
            {{ always_to() }} as speaks_to
        from questions
        where voice <> 'owner'
        union all
        -- Of merged parties each speaks for the others from the merge on (E44).
        select
            questions.scope_id,
            questions.required_party,
            questions.voice,
            questions.party_id,
            merged.same_party_id as speaker_party_id,
            merged.merged_at as speaks_from,
            {{ always_to() }} as speaks_to
        from questions
        inner join merged on merged.party_id = questions.party_id
        where questions.voice <> 'owner'
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
    greatest(decisions.named_from, asked.speaks_from) as starts_at,
    least(decisions.stops_at, asked.speaks_to) as stops_at,
    decisions.decided_from,
    decisions.ended_from,
    decisions.mismatched_at,
    scopes.contract_id,
    scopes.territory as asked_territory,
    case
        when decisions.object_type = 'catalogue'
        then 1
        when
            decisions.object_type = 'label'
            and decisions.named_id = scopes.owner_party_id
        then 2
        when decisions.object_type = 'likeness' and decisions.named_id is null
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
    case when decisions.model_version is null then 1 else 2 end as model_rank,
    case when decisions.voice = asked.voice then 2 else 1 end as voice_rank
from asked
inner join scopes on scopes.scope_id = asked.scope_id
inner join
    decisions
    on decisions.party_id = asked.speaker_party_id
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
    and things.thing_id = decisions.named_id
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
        or decisions.named_id is null
        or decisions.named_id in (decisions.party_id, scopes.owner_party_id)
    )
    -- Of a recording its writers alone can deny or allow the work (E30).
    and (
        decisions.object_type <> 'work'
        or scopes.side = 'WORK'
        or asked.voice = 'writer'
    )
    and (
        asked.voice <> 'owner'
        or scopes.owner_since is null
        or decisions.decided_from >= scopes.owner_since
    )
