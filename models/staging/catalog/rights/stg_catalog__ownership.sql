-- One row per object, side, owner, territory and start of a claim.
-- Master shares from ERN are used if the ownership feed has no claim to the recording's
-- master at all, because the feeds take precedence for commercial data. ERN does not
-- identify works, so its work shares stay in stg_catalog__ern_rights.
with
    delivered as (
        {{
            latest_versions(
                source("raw", "raw_catalog__ownership"),
                [
                    "object_type",
                    "object_id",
                    "side",
                    "party_id",
                    "territory",
                    "valid_from",
                ],
                "ownership",
            )
        }}
    ),
    ern_rights as (select * from {{ ref("stg_catalog__ern_rights") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    territories as (
        select territory
        from {{ ref("territories") }}
        union
        select region_code as territory
        from {{ ref("regions") }}
        union
        select 'WW' as territory
    ),
    claimed as (
        select distinct object_id from delivered where object_type = 'recording'
    ),
    ern_claims as (
        select
            recordings.recording_id,
            ern_rights.party_id,
            ern_rights.territory,
            ern_rights.share_pct,
            coalesce(
                cast(ern_rights.start_date as {{ t_ts() }}), {{ always_from() }}
            ) as valid_from,
            cast(ern_rights.end_date + interval 1 day as {{ t_ts() }}) as valid_to,
            ern_rights.right_number,
            ern_rights.recorded_at,
            ern_rights.delivery_id
        from ern_rights
        inner join recordings on recordings.isrc_group_id = ern_rights.recording_id
        inner join territories on territories.territory = ern_rights.territory
        left join claimed on claimed.object_id = recordings.recording_id
        where
            ern_rights.side = 'MASTER'
            and ern_rights.party_id is not null
            and ern_rights.share_pct > 0
            and claimed.object_id is null
        -- A party may be named once per kind of right: the widest share counts, they
        -- are not added.
        qualify
            row_number() over (
                partition by
                    recordings.recording_id,
                    ern_rights.party_id,
                    ern_rights.territory,
                    ern_rights.start_date
                order by ern_rights.share_pct desc, ern_rights.right_number
            )
            = 1
    )
select
    object_type,
    object_id,
    side,
    party_id,
    territory,
    share_pct,
    valid_from,
    valid_to,
    false as is_from_ern,
    recorded_at,
    delivery_id
from delivered
union all
select
    'recording' as object_type,
    recording_id as object_id,
    'MASTER' as side,
    party_id,
    territory,
    share_pct,
    valid_from,
    valid_to,
    true as is_from_ern,
    recorded_at,
    delivery_id
from ern_claims
