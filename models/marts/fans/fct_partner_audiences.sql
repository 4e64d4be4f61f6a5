-- One row per partner, month, source recording and territory; territory `WW` is the
-- total over the partner's territories. Expected plays come from matched controls, and
-- are exact.
with
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    audiences_suppressed as (select * from {{ ref("int_fans__audiences_suppressed") }}),
    plays as (
        select
            partner_id,
            month,
            recording_id,
            territory,
            expected_source_play_28_days_count
        from signals_matched
        union all
        select
            partner_id,
            month,
            recording_id,
            'WW' as territory,
            sum(
                expected_source_play_28_days_count
            ) as expected_source_play_28_days_count
        from signals_matched
        group by all
    ),
    audiences as (
        select
            partner_id,
            month,
            recording_id,
            territory,
            {%- for measure in audience_measures() %}
                max(shown_count) filter (
                    where measure = '{{ measure }}'
                ) as {{ measure }},
            {%- endfor %}
            case
                when bool_or(suppression_code = 'SUPPRESSED')
                then 'SUPPRESSED'
                else 'ROUNDED'
            end as suppression_code,
            {{ ordered_list("case when shown_count is null then measure end", ", ") }}
            as suppressed_columns
        from audiences_suppressed
        group by all
    )
select
    cast(plays.partner_id as {{ t_str() }}) as partner_id,
    cast(plays.month as date) as month,
    cast(plays.recording_id as {{ t_str() }}) as recording_id,
    cast(plays.territory as {{ t_str() }}) as territory,
    cast(audiences.suppression_code as {{ t_str() }}) as suppression_code,
    cast(audiences.suppressed_columns as {{ t_str() }}) as suppressed_columns,
    cast(
        audiences.derivative_listener_count as {{ t_bigint() }}
    ) as derivative_listener_count,
    cast(
        audiences.source_listener_within_7_days_count as {{ t_bigint() }}
    ) as source_listener_within_7_days_count,
    cast(audiences.new_fan_count as {{ t_bigint() }}) as new_fan_count,
    cast(audiences.follow_count as {{ t_bigint() }}) as follow_count,
    cast(audiences.save_count as {{ t_bigint() }}) as save_count,
    cast(
        audiences.source_play_28_days_count as {{ t_bigint() }}
    ) as source_play_28_days_count,
    cast(
        plays.expected_source_play_28_days_count as {{ t_bigint() }}
    ) as expected_source_play_28_days_count
from plays
left join
    audiences
    on audiences.partner_id = plays.partner_id
    and audiences.month = plays.month
    and audiences.recording_id = plays.recording_id
    and audiences.territory = plays.territory
