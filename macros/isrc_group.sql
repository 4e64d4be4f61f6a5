{#- The `isrc_group_id` of a text, such as in a decision, that names a recording by its
    ISRC, in printed or plain form. -#}
{% macro isrc_group(column) -%}
    'isrc:' || upper(
        replace(replace(replace(lower({{ column }}), 'isrc:', ''), '-', ''), ' ', '')
    )
{%- endmacro %}
