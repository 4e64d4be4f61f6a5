-- One row per partner, month, recording and territory in which an owner of the
-- recording reaches the partner at the start of the month, with the partner's fan
-- signals. Of an owner's routes the one with the fewest parents counts, and of those
-- the most specific.
with
    signals as (select * from {{ ref("int_fans__signals_issued") }}),
    objects_matched as (
        select *
        from {{ ref("int_partners__objects_matched") }}
        where object_type = 'recording' and side = 'MASTER'
    ),
    regions as (select * from {{ ref("regions") }}),
    areas as (
        select region_code as area, territory, 2 as breadth
        from regions
        union all
        select distinct territory as area, territory, 1 as breadth
        from signals
        union all
        select distinct 'WW' as area, territory, 3 as breadth
        from signals
    ),
    chosen as (
        select signals.*, objects_matched.owner_party_id, objects_matched.partner_id
        from signals
        inner join
            objects_matched
            on objects_matched.object_id = signals.recording_id
            and objects_matched.valid_from <= cast(signals.month as {{ t_ts() }})
            and coalesce(objects_matched.valid_to, {{ always_to() }})
            > cast(signals.month as {{ t_ts() }})
        inner join
            areas as owner_areas
            on owner_areas.area = objects_matched.owner_territory
            and owner_areas.territory = signals.territory
        inner join
            areas as route_areas
            on route_areas.area = objects_matched.route_territory
            and route_areas.territory = signals.territory
        qualify
            row_number() over (
                partition by
                    signals.month,
                    signals.recording_id,
                    signals.territory,
                    objects_matched.owner_party_id
                order by
                    objects_matched.depth,
                    case objects_matched.match_basis when 'route' then 0 else 1 end,
                    route_areas.breadth,
                    case objects_matched.route_product_id when '*' then 0 else 1 end,
                    objects_matched.partner_id,
                    owner_areas.breadth,
                    objects_matched.valid_from desc,
                    route_areas.area,
                    owner_areas.area
            )
            = 1
    )
select distinct
    partner_id,
    month,
    recording_id,
    territory,
    derivative_listener_count,
    source_listener_within_7_days_count,
    new_fan_count,
    follow_count,
    save_count,
    source_play_28_days_count,
    expected_source_play_28_days_count
from chosen
