{#- A release's number for comparison: GTIN-12, GTIN-13 and GTIN-14 of one release
    differ only in leading zeros. -#}
{% macro gtin(column) -%}
    nullif(trim(leading '0' from replace(replace({{ column }}, ' ', ''), '-', '')), '')
{%- endmacro %}
