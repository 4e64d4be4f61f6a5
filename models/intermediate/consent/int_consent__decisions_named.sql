-- One row per consent decision, clock, stretch of time, and name that its object goes
-- by: a recording by its ISRC (E65), a release by its GTIN, a party by every id that it
-- is known to have been merged with (E44). Without an object: the decision itself.
with
    stretches as (select * from {{ ref("int_consent__decision_stretches") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    named as (
        select
            stretches.*,
            case
                stretches.object_type
                when 'recording'
                then
                    coalesce(
                        recordings.isrc_group_id,
                        {{ isrc_group("stretches.object_id") }}
                    )
                when 'release'
                then {{ gtin("stretches.object_id") }}
                else stretches.object_id
            end as named_id,
            stretches.starts_at as named_from
        from stretches
        left join
            recordings
            on stretches.object_type = 'recording'
            and recordings.recording_id = stretches.object_id
        union all
        select
            stretches.*,
            merged.same_party_id as named_id,
            greatest(stretches.starts_at, merged.merged_at) as named_from
        from stretches
        inner join merged on merged.party_id = stretches.object_id
        where stretches.object_type in ('artist', 'likeness', 'label', 'catalogue')
    )
select *
from named
where named_from < stops_at
