-- One row per partner, month, recording, territory and audience measure; territory `WW`
-- is the total over the partner's territories.
-- Under 10 people a figure is hidden (E124), and under 10 plays too, because plays show
-- how many listeners there can be. If a recording has such a territory, in any
-- partner's catalogue, all its territories are hidden for every partner, for that
-- measure and for the measures within it (E125).
-- Their total is shown only to partners with all these territories, so that a
-- combination of partners and issues yields only one total; and only if it leaves at
-- least five possible values for each territory to a reader who knows this rule. It is
-- hidden if one territory is all of it; if the feed lacks a figure for some territory,
-- because it would reveal a lower bound for the others in a wider measure; and if the
-- total of a wider measure is hidden, because it would reveal that the wider one is not
-- hidden for being small.
-- People are rounded to 5, so that two issues that differ by one listener look the same
-- (E126); plays are not rounded.
{%- set measures = audience_measures() %}
with
    signals_issued as (select * from {{ ref("int_fans__signals_issued") }}),
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    containments as ({{ audience_containments() }}),
    areas as (
        {%- for measure in measures %}
            select
                month,
                recording_id,
                territory,
                '{{ measure }}' as measure,
                {{ measure }} as people_count
            from signals_issued
            where {{ measure }} is not null {{ "union all" if not loop.last }}
        {%- endfor %}
    ),
    cells as (
        select signals_matched.partner_id, areas.*
        from signals_matched
        inner join areas using (month, recording_id, territory)
    ),
    totals as (
        select
            partner_id,
            month,
            recording_id,
            measure,
            cast(sum(people_count) as {{ t_bigint() }}) as people_count,
            count(*) as territory_count
        from cells
        group by partner_id, month, recording_id, measure
    ),
    -- Measures in which a territory, here or in a wider measure, has fewer than ten.
    small as (
        select month, recording_id, measure
        from areas
        where people_count < 10
        union
        select areas.month, areas.recording_id, containments.measure
        from areas
        inner join containments on containments.wider_measure = areas.measure
        where areas.people_count < 10
    ),
    wholes as (
        select
            month,
            recording_id,
            measure,
            cast(sum(people_count) as {{ t_bigint() }}) as people_count,
            count(*) as territory_count
        from areas
        inner join small using (month, recording_id, measure)
        group by month, recording_id, measure
    ),
    recordings as (
        select month, recording_id, count(*) as territory_count
        from signals_issued
        group by month, recording_id
    ),
    -- The minimum for a territory in a wider measure, if that is shown.
    wider_rooms as (
        select
            areas.month,
            areas.recording_id,
            areas.territory,
            containments.measure,
            min(
                greatest(10, {{ rounded_to_five("areas.people_count") }} - 2)
            ) as room_count
        from areas
        inner join containments on containments.wider_measure = areas.measure
        left join
            small
            on small.month = areas.month
            and small.recording_id = areas.recording_id
            and small.measure = areas.measure
        where small.measure is null
        group by areas.month, areas.recording_id, areas.territory, containments.measure
    ),
    rooms as (
        select
            month,
            recording_id,
            measure,
            territory,
            {{ rounded_to_five("wholes.people_count") }} as rounded_count,
            coalesce(
                wider_rooms.room_count, {{ rounded_to_five("wholes.people_count") }} + 2
            ) as room_count
        from wholes
        inner join areas using (month, recording_id, measure)
        inner join recordings using (month, recording_id)
        left join wider_rooms using (month, recording_id, measure, territory)
        where
            wholes.territory_count > 1
            and wholes.territory_count = recordings.territory_count
            and wholes.people_count >= 10
    ),
    values_left as ({{ hidden_values("rooms") }}),
    own_verdicts as (
        select
            month,
            recording_id,
            measure,
            wholes.territory_count,
            coalesce(values_left.fewest_value_count < 5, true) as is_total_hidden
        from wholes
        left join values_left using (month, recording_id, measure)
    ),
    verdicts as (
        select
            own_verdicts.month,
            own_verdicts.recording_id,
            own_verdicts.measure,
            own_verdicts.territory_count,
            bool_or(
                own_verdicts.is_total_hidden
                or coalesce(wider_verdicts.is_total_hidden, false)
            ) as is_total_hidden
        from own_verdicts
        left join containments on containments.measure = own_verdicts.measure
        left join
            own_verdicts as wider_verdicts
            on wider_verdicts.month = own_verdicts.month
            and wider_verdicts.recording_id = own_verdicts.recording_id
            and wider_verdicts.measure = containments.wider_measure
        group by
            own_verdicts.month,
            own_verdicts.recording_id,
            own_verdicts.measure,
            own_verdicts.territory_count
    ),
    judged as (
        select
            cells.partner_id,
            month,
            recording_id,
            cells.territory,
            measure,
            cells.people_count,
            -- All territories of a measure with a verdict are hidden.
            verdicts.is_total_hidden is not null as is_hidden
        from cells
        left join verdicts using (month, recording_id, measure)
        union all
        select
            totals.partner_id,
            month,
            recording_id,
            'WW' as territory,
            measure,
            totals.people_count,
            coalesce(
                verdicts.is_total_hidden
                or totals.territory_count < verdicts.territory_count,
                false
            ) as is_hidden
        from totals
        left join verdicts using (month, recording_id, measure)
    )
select
    partner_id,
    month,
    recording_id,
    territory,
    measure,
    -- One code for all, because separate codes would reveal the small cell.
    case
        when is_hidden
        then 'SUPPRESSED'
        when measure = 'source_play_28_days_count'
        then 'WHOLE'
        else 'ROUNDED'
    end as suppression_code,
    cast(
        case
            when is_hidden
            then null
            when measure = 'source_play_28_days_count'
            then people_count
            else {{ rounded_to_five("people_count") }}
        end as {{ t_bigint() }}
    ) as shown_count
from judged
