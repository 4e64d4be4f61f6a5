-- One row per partner, month, recording, territory and audience measure; territory `WW`
-- is the total over the partner's territories. Under 10 people a figure is hidden
-- (E124). If a recording has such a territory, all its territories are hidden for every
-- partner, so that neither the total nor another partner's table gives one back (E125):
-- each could be any number from 0 to 9. Partners with other territories than each
-- other's would tell the difference by their totals, which are hidden then, too. What
-- is shown is rounded to 5, so that two issues a listener apart look the same (E126).
{%- set measures = [
    "derivative_listener_count",
    "source_listener_within_7_days_count",
    "new_fan_count",
    "follow_count",
    "save_count",
] %}
with
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    cells as (
        {%- for measure in measures %}
            select
                partner_id,
                month,
                recording_id,
                territory,
                '{{ measure }}' as measure,
                {{ measure }} as people_count
            from signals_matched
            where {{ measure }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    ),
    totals as (
        select
            partner_id,
            month,
            recording_id,
            'WW' as territory,
            measure,
            cast(sum(people_count) as {{ t_bigint() }}) as people_count,
            {{ ordered_list("territory", "|") }} as territories,
            min(people_count) as smallest_count
        from cells
        group by all
    ),
    -- One result for all partners of a recording.
    tables as (
        select
            month,
            recording_id,
            measure,
            min(smallest_count) < 10 as is_small,
            count(distinct territories) > 1 as is_uneven
        from totals
        group by all
    ),
    suppressed as (
        select
            cells.partner_id,
            cells.month,
            cells.recording_id,
            cells.territory,
            cells.measure,
            cells.people_count,
            tables.is_small as is_hidden
        from cells
        inner join
            tables
            on tables.month = cells.month
            and tables.recording_id = cells.recording_id
            and tables.measure = cells.measure
        union all
        select
            totals.partner_id,
            totals.month,
            totals.recording_id,
            totals.territory,
            totals.measure,
            totals.people_count,
            totals.people_count < 10
            or (tables.is_small and tables.is_uneven) as is_hidden
        from totals
        inner join
            tables
            on tables.month = totals.month
            and tables.recording_id = totals.recording_id
            and tables.measure = totals.measure
    ),
    coded as (
        select
            *,
            -- One code for all: which cell is the small one would tell it.
            case when is_hidden then 'SUPPRESSED' else 'ROUNDED' end as suppression_code
        from suppressed
    )
select
    partner_id,
    month,
    recording_id,
    territory,
    measure,
    suppression_code,
    cast(
        case
            when suppression_code = 'ROUNDED'
            then {{ int_div("2 * people_count + 5", "10") }} * 5
        end as {{ t_bigint() }}
    ) as shown_count
from coded
