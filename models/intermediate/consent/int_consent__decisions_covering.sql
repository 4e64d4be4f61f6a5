-- One row per licence, required party and decision that covers the object for that
-- party, for any use; and one per required party without a decision, for the contract's
-- default. Equal rows of two licences share a `candidate_number`. The specificity of a
-- decision has its object first and its voice as the last digit; its scope of use is in
-- between (int_consent__contexts_reached).
with
    requirements as (select * from {{ ref("int_consent__requirements") }}),
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    decisions as (select * from {{ ref("int_consent__decisions_named") }}),
    representatives as (select * from {{ ref("int_consent__representatives") }}),
    objects as (select * from {{ ref("int_consent__objects") }}),
    required as (
        select
            requirements.*,
            representatives.representative_party_id,
            representatives.valid_from as represents_from,
            representatives.valid_to as represents_to
        from requirements
        inner join
            representatives on representatives.owner_party_id = requirements.party_id
        where requirements.voice = 'owner'
        union all
        select
            requirements.*,
            party_id as representative_party_id,
            {{ always_from() }} as represents_from,
            {{ always_to() }} as represents_to
        from requirements
        where voice <> 'owner'
        union all
        -- Merged parties represent each other from the time of the merge (E44).
        select
            requirements.*,
            merged.same_party_id as representative_party_id,
            merged.merged_at as represents_from,
            {{ always_to() }} as represents_to
        from requirements
        inner join merged on merged.party_id = requirements.party_id
        where requirements.voice <> 'owner'
    ),
    -- Decisions on a whole catalogue, on the owner as a label, or on a likeness without
    -- an object do not need to be matched to the object.
    matched as (
        select
            required.licence_number,
            required.required_party,
            required.party_id,
            required.voice,
            required.owner_since,
            required.represents_from,
            required.represents_to,
            decisions.period_number,
            decisions.named_from,
            case
                decisions.object_type when 'catalogue' then 1 when 'label' then 2 else 5
            end as object_rank
        from required
        inner join
            (
                select *
                from decisions
                where object_type in ('catalogue', 'label', 'likeness')
            ) as decisions
            on decisions.party_id = required.representative_party_id
        where
            case
                decisions.object_type
                when 'label'
                then decisions.named_id = required.owner_party_id
                when 'catalogue'
                then
                    decisions.named_id is null
                    or decisions.named_id
                    in (decisions.party_id, required.owner_party_id)
                else decisions.named_id is null
            end
        union all
        select
            required.licence_number,
            required.required_party,
            required.party_id,
            required.voice,
            required.owner_since,
            required.represents_from,
            required.represents_to,
            decisions.period_number,
            decisions.named_from,
            case
                decisions.object_type
                when 'label'
                then 2
                when 'artist'
                then 3
                when 'release'
                then 4
                else 5
            end as object_rank
        from required
        inner join
            objects as things
            on things.side = required.side
            and things.object_id = required.object_id
        inner join
            decisions
            on decisions.party_id = required.representative_party_id
            and decisions.named_id = things.thing_id
            and case
                when things.thing_type in ('main_artist', 'featured_artist', 'writer')
                then decisions.object_type in ('artist', 'likeness')
                -- A recording's writers can allow or deny only the work (E30).
                when things.thing_type = 'work'
                then
                    decisions.object_type = 'work'
                    and (required.side = 'WORK' or required.voice = 'writer')
                else decisions.object_type = things.thing_type
            end
    ),
    covering as (
        select distinct
            matched.licence_number,
            matched.required_party,
            matched.party_id,
            matched.period_number,
            periods.reach_number,
            periods.mismatched_at,
            greatest(matched.named_from, matched.represents_from) as valid_from,
            least(periods.valid_to, matched.represents_to) as valid_to,
            matched.object_rank * 100000
            + case when periods.voice = matched.voice then 2 else 1 end as specificity
        from matched
        inner join
            {{ ref("int_consent__decision_periods") }} as periods
            on periods.period_number = matched.period_number
        where
            -- A featured artist is an artist: a decision for all of the artist's
            -- recordings also counts.
            (
                periods.voice = matched.voice
                or (matched.voice = 'featured_artist' and periods.voice = 'artist')
            )
            and (
                matched.voice <> 'owner'
                or matched.owner_since is null
                or periods.decided_from >= matched.owner_since
            )
            and greatest(matched.named_from, matched.represents_from)
            < least(periods.valid_to, matched.represents_to)
    ),
    candidates as (
        select *
        from covering
        union all
        select
            licence_number,
            required_party,
            party_id,
            cast(null as {{ t_bigint() }}) as period_number,
            cast(null as {{ t_bigint() }}) as reach_number,
            cast(null as {{ t_ts() }}) as mismatched_at,
            cast(null as {{ t_ts() }}) as valid_from,
            cast(null as {{ t_ts() }}) as valid_to,
            cast(null as {{ t_bigint() }}) as specificity
        from requirements
    )
select
    candidates.*,
    cast(
        dense_rank() over (
            order by
                required_party,
                party_id nulls first,
                period_number nulls first,
                valid_from nulls first,
                valid_to nulls first,
                specificity nulls first
        ) as {{ t_bigint() }}
    ) as candidate_number
from candidates
