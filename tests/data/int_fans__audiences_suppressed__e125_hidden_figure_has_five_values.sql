-- What is shown leaves each hidden territory at least five values: its bounds by wider
-- and narrower measures, by the totals of the partners, and by the rule that one
-- territory at least has fewer than ten people. Two totals over different territories
-- are never shown beside hidden ones. If this finds a row, the report would tell of
-- single people: stop the delivery, and look at what is shown of the recording.
with
    suppressed as (select * from {{ ref("int_fans__audiences_suppressed") }}),
    containments as (
        select
            'source_listener_within_7_days_count' as measure,
            'derivative_listener_count' as wider_measure
        union all
        select
            'new_fan_count' as measure,
            'source_listener_within_7_days_count' as wider_measure
        union all
        select 'new_fan_count' as measure, 'derivative_listener_count' as wider_measure
        union all
        select 'follow_count' as measure, 'derivative_listener_count' as wider_measure
        union all
        select 'save_count' as measure, 'derivative_listener_count' as wider_measure
    ),
    areas as (
        select distinct month, recording_id, territory, measure, shown_count
        from suppressed
        where territory <> 'WW'
    ),
    hidden as (
        select
            areas.month,
            areas.recording_id,
            areas.territory,
            areas.measure,
            coalesce(max(narrower.shown_count) - 2, 0) as lowest_count,
            coalesce(min(wider.shown_count) + 2, 1000000000) as highest_count
        from areas
        left join containments as upwards on upwards.measure = areas.measure
        left join
            areas as wider
            on wider.month = areas.month
            and wider.recording_id = areas.recording_id
            and wider.territory = areas.territory
            and wider.measure = upwards.wider_measure
        left join containments as downwards on downwards.wider_measure = areas.measure
        left join
            areas as narrower
            on narrower.month = areas.month
            and narrower.recording_id = areas.recording_id
            and narrower.territory = areas.territory
            and narrower.measure = downwards.measure
        where areas.shown_count is null
        group by areas.month, areas.recording_id, areas.territory, areas.measure
    ),
    totals as (
        select
            partner_id,
            month,
            recording_id,
            measure,
            max(shown_count) filter (where territory = 'WW') as shown_count,
            {{ ordered_list("territory", "|") }} as territories
        from suppressed
        group by partner_id, month, recording_id, measure
    ),
    bounded as (
        select
            totals.partner_id,
            hidden.*,
            greatest(
                hidden.lowest_count,
                totals.shown_count
                - 2
                - sum(hidden.highest_count) over of_total
                + hidden.highest_count
            ) as least_count,
            least(
                hidden.highest_count,
                totals.shown_count
                + 2
                - sum(hidden.lowest_count) over of_total
                + hidden.lowest_count
            ) as most_count
        from hidden
        inner join
            suppressed
            on suppressed.month = hidden.month
            and suppressed.recording_id = hidden.recording_id
            and suppressed.territory = hidden.territory
            and suppressed.measure = hidden.measure
        inner join
            totals
            on totals.partner_id = suppressed.partner_id
            and totals.month = suppressed.month
            and totals.recording_id = suppressed.recording_id
            and totals.measure = suppressed.measure
        where totals.shown_count is not null
        window
            of_total as (
                partition by
                    totals.partner_id, hidden.month, hidden.recording_id, hidden.measure
            )
    ),
    judged as (
        select
            *,
            sum(case when least_count < 10 then 1 else 0 end) over (
                partition by partner_id, month, recording_id, measure
            ) as candidate_count
        from bounded
    ),
    uneven as (
        select hidden.month, hidden.recording_id, hidden.measure
        from hidden
        inner join
            totals
            on totals.month = hidden.month
            and totals.recording_id = hidden.recording_id
            and totals.measure = hidden.measure
        where totals.shown_count is not null
        group by hidden.month, hidden.recording_id, hidden.measure
        having count(distinct totals.territories) > 1
    )
select month, recording_id, measure
from judged
where
    case
        when candidate_count = 1 and least_count < 10
        then least(most_count, 9)
        else most_count
    end
    - least_count
    < 4
union
select month, recording_id, measure
from uneven
