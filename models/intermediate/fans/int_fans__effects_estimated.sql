-- One row per month, scope, and figure of the connection between artists and fans: the
-- quotient of two sums over units, with its standard error. Units are recordings, or
-- for a single recording its territories. A partner's lift covers only its recordings
-- with all plays shown: from another sum, the plays of the last recording could be
-- computed.
{%- set figures = {
    "source_lift": (
        "source_play_28_days_count",
        "expected_source_play_28_days_count",
    ),
    "derivative_to_source_conversion": (
        "source_listener_within_7_days_count",
        "derivative_listener_count",
    ),
    "new_fan_rate": ("new_fan_count", "source_listener_within_7_days_count"),
    "follow_save_rate": (
        "follow_count + save_count",
        "derivative_listener_count",
    ),
} %}
with
    signals as (select * from {{ ref("int_fans__signals_described") }}),
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    plays_shown as (
        select partner_id, month, recording_id, shown_count
        from {{ ref("int_fans__audiences_suppressed") }}
        where
            territory = 'WW'
            and measure = 'source_play_28_days_count'
            and shown_count is not null
    ),
    partner_plays as (
        select
            signals_matched.month,
            signals_matched.partner_id,
            signals_matched.recording_id,
            plays_shown.shown_count as source_play_28_days_count,
            sum(
                signals_matched.expected_source_play_28_days_count
            ) as expected_source_play_28_days_count
        from signals_matched
        inner join plays_shown using (month, partner_id, recording_id)
        where signals_matched.source_play_28_days_count is not null
        group by
            signals_matched.month,
            signals_matched.partner_id,
            signals_matched.recording_id,
            plays_shown.shown_count
    ),
    contributors_listed as (
        select distinct object_id as recording_id, party_id
        from {{ ref("int_partners__contributors_listed") }}
        where object_type = 'recording' and voice = 'artist'
    ),
    cells as (
        select
            'all' as scope_kind, 'all' as scope_id, recording_id as unit_id, signals.*
        from signals
        union all
        select
            'recording' as scope_kind,
            recording_id as scope_id,
            territory as unit_id,
            signals.*
        from signals
        union all
        select
            'artist' as scope_kind,
            contributors_listed.party_id as scope_id,
            signals.recording_id as unit_id,
            signals.*
        from signals
        inner join
            contributors_listed
            on contributors_listed.recording_id = signals.recording_id
    ),
    all_cells as (
        {%- for figure_name, parts in figures.items() %}
            {%- set of_partners = (
                "partner_plays"
                if figure_name == "source_lift"
                else "signals_matched"
            ) %}
            {%- for source in ["cells", of_partners] %}
                select
                    month,
                    {%- if source == "cells" %} scope_kind, scope_id, unit_id,
                    {%- else %}
                        'partner' as scope_kind,
                        partner_id as scope_id,
                        recording_id as unit_id,
                    {%- endif %}
                    '{{ figure_name }}' as figure_name,
                    {{ parts[0] }} as numerator,
                    {{ parts[1] }} as denominator
                from {{ source }} {{ "union all" if source == "cells" }}
                {%- endfor %} {{ "union all" if not loop.last }}
        {%- endfor %}
    ),
    units as (
        select
            month,
            scope_kind,
            scope_id,
            figure_name,
            unit_id,
            cast(sum(numerator) as {{ t_dec(19, 0) }}) as numerator,
            cast(sum(denominator) as {{ t_dec(19, 0) }}) as denominator
        from all_cells
        where numerator is not null and denominator > 0
        group by all
    ),
    summed as (
        select
            month,
            scope_kind,
            scope_id,
            figure_name,
            count(*) as unit_count,
            sum(numerator) as numerator,
            sum(denominator) as denominator,
            sum(numerator * numerator) as sum_yy,
            sum(numerator * denominator) as sum_xy,
            sum(denominator * denominator) as sum_xx
        from units
        group by all
    )
select
    month,
    scope_kind,
    scope_id,
    figure_name,
    cast(unit_count as {{ t_bigint() }}) as unit_count,
    cast(numerator as {{ t_bigint() }}) as numerator_count,
    cast(denominator as {{ t_bigint() }}) as denominator_count,
    {{
        div_round(
            "numerator - case when figure_name = 'source_lift' then denominator else 0 end",
            "denominator",
            6,
        )
    }}
    as effect_rate,
    {{
        ratio_error(
            "unit_count", "sum_yy", "sum_xy", "sum_xx", "numerator", "denominator"
        )
    }} as standard_error
from summed
