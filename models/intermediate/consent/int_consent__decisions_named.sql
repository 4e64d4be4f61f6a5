-- One row per consent decision, as_of, period of time, and id of its object: the ISRC
-- of a recording (E65), the GTIN of a release, every id with which a party is known to
-- have been merged (E44). Without an object: the decision itself.
with
    periods as (select * from {{ ref("int_consent__decision_periods") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    named as (
        select
            periods.*,
            case
                periods.object_type
                when 'recording'
                then
                    coalesce(
                        recordings.isrc_group_id, {{ isrc_group("periods.object_id") }}
                    )
                when 'release'
                then {{ gtin("periods.object_id") }}
                else periods.object_id
            end as named_id,
            periods.valid_from as named_from
        from periods
        left join
            recordings
            on periods.object_type = 'recording'
            and recordings.recording_id = periods.object_id
        union all
        select
            periods.*,
            merged.same_party_id as named_id,
            greatest(periods.valid_from, merged.merged_at) as named_from
        from periods
        inner join merged on merged.party_id = periods.object_id
        where periods.object_type in ('artist', 'likeness', 'label', 'catalogue')
    )
select *
from named
where named_from < valid_to
