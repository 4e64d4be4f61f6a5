{#- The id of a pool, `usage_month|territory|product_id|tier|side`. -#}
{% macro pool_id(usage_month, territory, product_id, tier, side) -%}
    {{ line_key([month_text(usage_month), territory, product_id, tier, side]) }}
{%- endmacro %}
