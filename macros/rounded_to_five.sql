{#- A count of people as partners are shown it, half-up. -#}
{% macro rounded_to_five(people_count) -%}
    {{ int_div("2 * (" ~ people_count ~ ") + 5", "10") }} * 5
{%- endmacro %}
