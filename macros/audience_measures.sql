{#- Each audience measure with those that count people of whom its own are some: listeners of the source are some of the derivatives'
    listeners, and new fans, follows and saves some of these. -#}
{% macro audience_measures() %}
    {%- set listeners = ["derivative_listener_count"] -%}
    {%- set source_listeners = listeners + ["source_listener_within_7_days_count"] -%}
    {{
        return(
            {
                "derivative_listener_count": [],
                "source_listener_within_7_days_count": listeners,
                "new_fan_count": source_listeners,
                "follow_count": source_listeners,
                "save_count": source_listeners,
            }
        )
    }}
{% endmacro %}
