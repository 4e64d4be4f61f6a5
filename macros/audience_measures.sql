{#- Each measure of an audience, with the measures that are never smaller: listeners of
    the source are some of the derivatives' listeners, each of them has played it at
    least once, and new fans, follows and saves come from some of these listeners. -#}
{% macro audience_measures() %}
    {%- set bounds_of_listeners = [
        "derivative_listener_count",
        "source_play_28_days_count",
    ] -%}
    {%- set bounds_of_fans = bounds_of_listeners + [
        "source_listener_within_7_days_count"
    ] -%}
    {{
        return(
            {
                "derivative_listener_count": [],
                "source_play_28_days_count": [],
                "source_listener_within_7_days_count": bounds_of_listeners,
                "new_fan_count": bounds_of_fans,
                "follow_count": bounds_of_fans,
                "save_count": bounds_of_fans,
            }
        )
    }}
{% endmacro %}
