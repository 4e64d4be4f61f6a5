-- What all partners are shown of a recording leaves each hidden territory at least five
-- values: its bounds by the shown figures and totals of wider measures, by its own
-- total, and by the rule that one territory at least has fewer than ten. Beside hidden
-- territories no total is shown that is not of all the recording's. If this finds a
-- row, the report would tell of single people: stop the delivery, and look at what is
-- shown of the recording.
with
    suppressed as (select * from {{ ref("int_fans__audiences_suppressed") }}),
    containments as ({{ audience_containments() }}),
    totals as (
        select
            month,
            recording_id,
            measure,
            min(shown_count) as least_shown_count,
            max(shown_count) as most_shown_count
        from suppressed
        where territory = 'WW' and shown_count is not null
        group by month, recording_id, measure
    ),
    areas as (
        select
            month,
            recording_id,
            territory,
            measure,
            max(shown_count) as shown_count,
            -- Plays are shown whole, people to five.
            case when measure = 'source_play_28_days_count' then 0 else 2 end as slack
        from suppressed
        where territory <> 'WW'
        group by month, recording_id, territory, measure
    ),
    capped as (
        select
            areas.*,
            coalesce(areas.shown_count, totals.most_shown_count)
            + areas.slack as cap_count
        from areas
        left join totals using (month, recording_id, measure)
    ),
    hidden as (
        select
            capped.month,
            capped.recording_id,
            capped.territory,
            capped.measure,
            capped.slack,
            coalesce(max(narrower.shown_count - narrower.slack), 0) as lowest_count,
            least(
                coalesce(capped.cap_count, 1000000000),
                coalesce(min(wider.cap_count), 1000000000)
            ) as highest_count
        from capped
        left join containments as upwards on upwards.measure = capped.measure
        left join
            capped as wider
            on wider.month = capped.month
            and wider.recording_id = capped.recording_id
            and wider.territory = capped.territory
            and wider.measure = upwards.wider_measure
        left join containments as downwards on downwards.wider_measure = capped.measure
        left join
            areas as narrower
            on narrower.month = capped.month
            and narrower.recording_id = capped.recording_id
            and narrower.territory = capped.territory
            and narrower.measure = downwards.measure
        where capped.shown_count is null
        group by
            capped.month,
            capped.recording_id,
            capped.territory,
            capped.measure,
            capped.slack,
            capped.cap_count
    ),
    bounded as (
        select
            hidden.*,
            greatest(
                hidden.lowest_count,
                coalesce(
                    totals.least_shown_count
                    - hidden.slack
                    - sum(hidden.highest_count) over of_total
                    + hidden.highest_count,
                    0
                )
            ) as least_count,
            least(
                hidden.highest_count,
                coalesce(
                    totals.most_shown_count
                    + hidden.slack
                    - sum(hidden.lowest_count) over of_total
                    + hidden.lowest_count,
                    hidden.highest_count
                )
            ) as most_count
        from hidden
        left join totals using (month, recording_id, measure)
        window
            of_total as (partition by hidden.month, hidden.recording_id, hidden.measure)
    ),
    judged as (
        select
            *,
            sum(case when least_count < 10 then 1 else 0 end) over (
                partition by month, recording_id, measure
            ) as candidate_count
        from bounded
    ),
    recordings as (
        select month, recording_id, count(distinct territory) as territory_count
        from areas
        group by month, recording_id
    ),
    hidden_measures as (
        select month, recording_id, measure
        from hidden
        group by month, recording_id, measure
    ),
    partial as (
        select suppressed.month, suppressed.recording_id, suppressed.measure
        from suppressed
        inner join hidden_measures using (month, recording_id, measure)
        inner join recordings using (month, recording_id)
        group by
            suppressed.partner_id,
            suppressed.month,
            suppressed.recording_id,
            suppressed.measure,
            recordings.territory_count
        having
            count(case when suppressed.territory = 'WW' then suppressed.shown_count end)
            > 0
            and count(case when suppressed.territory <> 'WW' then 1 end)
            < recordings.territory_count
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
from partial
