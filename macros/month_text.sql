{#- A month as `YYYY-MM`, from its first day. -#}
{% macro month_text(month) -%}
    substr(cast({{ month }} as {{ t_str() }}), 1, 7)
{%- endmacro %}
