-- One row per partner, month, recording, territory and audience measure; territory `WW`
-- is the total over the partner's territories. Under 10 people a figure is hidden
-- (E124). If a recording has such a territory, whoever's, all its territories are
-- hidden for every partner, of that measure and of those within it (E125). Their total
-- is shown only where it leaves each of them five values or more, for who knows this
-- rule and all that every partner is shown. It never is where partners' territories
-- differ, or where one territory is all of it; nor where that of a wider measure is
-- hidden, as it would tell that the other is not hidden for being small. What is shown
-- is rounded to 5, so that two issues a listener apart look the same (E126).
{%- set measures = audience_measures() %}
with
    signals_issued as (select * from {{ ref("int_fans__signals_issued") }}),
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    containments as (
        {%- for measure, wider_measures in measures.items() if wider_measures %}
            {%- for wider_measure in wider_measures %}
                select
                    '{{ measure }}' as measure,
                    '{{ wider_measure }}' as wider_measure
                    {{ "union all" if not loop.last }}
                {%- endfor %} {{ "union all" if not loop.last }}
        {%- endfor %}
    ),
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
            count(*) as territory_count,
            {{ ordered_list("territory", "|") }} as territories
        from cells
        group by partner_id, month, recording_id, measure
    ),
    -- Measures of which a territory, or one of a wider measure, has fewer than ten.
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
    -- Of these, the totals that are one for all partners.
    audited as (
        select
            month,
            recording_id,
            measure,
            min(partner_id) as partner_id,
            {{ rounded_to_five("min(people_count)") }} as rounded_count
        from totals
        inner join small using (month, recording_id, measure)
        group by month, recording_id, measure
        having
            count(distinct territories) = 1
            and min(territory_count) > 1
            and min(people_count) >= 10
    ),
    -- The least that a territory of a wider measure can be, where it is shown.
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
            audited.rounded_count,
            coalesce(wider_rooms.room_count, audited.rounded_count + 2) as room_count
        from audited
        inner join cells using (partner_id, month, recording_id, measure)
        left join wider_rooms using (month, recording_id, measure, territory)
    ),
    values_left as ({{ hidden_values("rooms") }}),
    own_verdicts as (
        select
            month,
            recording_id,
            measure,
            coalesce(values_left.fewest_value_count < 5, true) as is_total_hidden
        from small
        left join values_left using (month, recording_id, measure)
    ),
    verdicts as (
        select
            own_verdicts.month,
            own_verdicts.recording_id,
            own_verdicts.measure,
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
        group by own_verdicts.month, own_verdicts.recording_id, own_verdicts.measure
    ),
    judged as (
        select
            cells.partner_id,
            month,
            recording_id,
            cells.territory,
            measure,
            cells.people_count,
            -- Of a measure with a verdict every territory is hidden.
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
            coalesce(verdicts.is_total_hidden, false) as is_hidden
        from totals
        left join verdicts using (month, recording_id, measure)
    )
select
    partner_id,
    month,
    recording_id,
    territory,
    measure,
    -- One code for all: which cell is the small one would tell it.
    case when is_hidden then 'SUPPRESSED' else 'ROUNDED' end as suppression_code,
    cast(
        case
            when not is_hidden then {{ rounded_to_five("people_count") }}
        end as {{ t_bigint() }}
    ) as shown_count
from judged
