{#- Whether a use exceeds a limit of a resolution (a relation with max_influence, a
    share, and daily_limit, outputs per UTC day); an absent limit is never exceeded. -#}
{% macro is_over_limit(influence_nano, output_number, resolutions) -%}
    (
        coalesce(
            {{ wide(influence_nano) }} * 1000
            > {{ scaled(resolutions ~ ".max_influence", 12) }},
            false
        )
        or coalesce({{ output_number }} > {{ resolutions }}.daily_limit, false)
    )
{%- endmacro %}
