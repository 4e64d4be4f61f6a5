{#- A release's number as it is compared: GTIN-12, GTIN-13 and GTIN-14 name one release and differ in leading zeros only. -#}
{% macro gtin(column) -%}
    nullif(trim(leading '0' from replace(replace({{ column }}, ' ', ''), '-', '')), '')
{%- endmacro %}
