{#- A list column of codes as the text of a JSON array, in ascending order; an absent
    list becomes the empty array. Codes have no characters that JSON would have to
    escape. -#}
{% macro json_list(column) -%}
    coalesce('["' || {{ join_list(column, '","') }} || '"]', '[]')
{%- endmacro %}
