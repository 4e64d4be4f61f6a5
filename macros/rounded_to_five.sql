{#- A count of people as shown to partners, half-up. -#}
{% macro rounded_to_five(people_count) -%}
    {{ int_div("2 * (" ~ people_count ~ ") + 5", "10") }} * 5
{%- endmacro %}
