-- One row per removal action, with its recording and the partner to which it belongs.
-- The harmed party comes first, then the owner of the recording, then its label; for
-- each, the nearest parent counts, and of its routes the widest.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    objects_matched as (select * from {{ ref("int_partners__objects_matched") }}),
    recordings_by_isrc as (
        select isrc, min(recording_id) as recording_id
        from recordings
        where isrc is not null
        group by all
    ),
    identified as (
        select
            actions.puid,
            actions.affected_party_id,
            actions.applied_at,
            coalesce(
                actions.recording_id, recordings_by_isrc.recording_id
            ) as recording_id
        from actions
        left join recordings_by_isrc on recordings_by_isrc.isrc = actions.isrc
    ),
    candidates as (
        select
            identified.puid,
            'affected_party' as partner_basis,
            1 as basis_rank,
            parties_matched.partner_id,
            parties_matched.depth,
            parties_matched.match_basis,
            coalesce(parties_matched.side, 'MASTER') as side,
            parties_matched.territory,
            parties_matched.product_id
        from identified
        inner join
            parties_matched
            on parties_matched.party_id = identified.affected_party_id
            and parties_matched.valid_from <= identified.applied_at
            and coalesce(parties_matched.valid_to, {{ always_to() }})
            > identified.applied_at
        union all
        select
            identified.puid,
            objects_matched.owner_basis as partner_basis,
            case
                objects_matched.owner_basis when 'owner' then 2 else 3
            end as basis_rank,
            objects_matched.partner_id,
            objects_matched.depth,
            objects_matched.match_basis,
            objects_matched.side,
            objects_matched.route_territory as territory,
            objects_matched.route_product_id as product_id
        from identified
        inner join
            objects_matched
            on objects_matched.object_type = 'recording'
            and objects_matched.object_id = identified.recording_id
            and objects_matched.valid_from <= identified.applied_at
            and coalesce(objects_matched.valid_to, {{ always_to() }})
            > identified.applied_at
    ),
    chosen as (
        select puid, partner_basis, partner_id
        from candidates
        qualify
            row_number() over (
                partition by puid
                order by
                    basis_rank,
                    depth,
                    case match_basis when 'route' then 0 else 1 end,
                    case side when 'MASTER' then 0 else 1 end,
                    case territory when 'WW' then 0 else 1 end,
                    case product_id when '*' then 0 else 1 end,
                    partner_id
            )
            = 1
    )
select
    identified.puid,
    identified.recording_id,
    chosen.partner_id,
    chosen.partner_basis,
    recordings.delivered_at,
    recordings.released_on
from identified
left join chosen on chosen.puid = identified.puid
left join recordings on recordings.recording_id = identified.recording_id
