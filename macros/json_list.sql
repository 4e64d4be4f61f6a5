{#- A list column of codes as the text of a JSON array, items ascending; an absent list is the empty array. Codes hold no character
    that JSON would have to escape. -#}
{% macro json_list(column) -%}
    coalesce('["' || {{ join_list(column, '","') }} || '"]', '[]')
{%- endmacro %}
