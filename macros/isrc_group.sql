{#- The `isrc_group_id` of a text that names a recording by its ISRC, printed or plain, as a decision may. -#}
{% macro isrc_group(column) -%}
    'isrc:' || upper(
        replace(replace(replace(lower({{ column }}), 'isrc:', ''), '-', ''), ' ', '')
    )
{%- endmacro %}
