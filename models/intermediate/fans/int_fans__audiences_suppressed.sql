-- One row per partner, month, recording, territory and audience measure; territory
-- `WW` is the total over the partner's territories. Under 10 people a figure is
-- hidden (E124). The total is shown beside the territories, so whatever is hidden
-- must not be what is left of it (E125): the smallest territories are hidden on,
-- until at least two are and 10 people are among them. What is shown is rounded to 5,
-- so that two issues a listener apart look the same (E126).
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
            false as is_complement
        from cells
        group by all
    ),
    ranked as (
        select
            partner_id,
            month,
            recording_id,
            territory,
            measure,
            people_count,
            min(people_count) over (
                partition by partner_id, month, recording_id, measure
            ) as smallest_count,
            row_number() over (
                partition by partner_id, month, recording_id, measure
                order by people_count, territory
            ) as rank_from_smallest,
            coalesce(
                sum(people_count) over (
                    partition by partner_id, month, recording_id, measure
                    order by people_count, territory
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as smaller_people_count
        from cells
    ),
    judged as (
        select
            partner_id,
            month,
            recording_id,
            territory,
            measure,
            people_count,
            smallest_count < 10
            and (rank_from_smallest <= 2 or smaller_people_count < 10) as is_complement
        from ranked
        union all
        select *
        from totals
    ),
    coded as (
        select
            *,
            case
                -- One code for both: which cell is the small one would tell it.
                when people_count < 10 or is_complement then 'SUPPRESSED' else 'ROUNDED'
            end as suppression_code
        from judged
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
