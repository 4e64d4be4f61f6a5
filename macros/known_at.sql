{#- The freeze as a naive UTC timestamp, of all input or of one class (docs/money.md,
    "Corrections"): a correction moves one class at a time to the new freeze; all other
    builds use one freeze for all classes. -#}
{% macro known_at(input_class=none) -%}
    {%- set freeze = var("known_at") -%}
    {%- if input_class -%}
        {%- set freeze = var("known_at_" ~ input_class, freeze) -%}
    {%- endif -%}
    cast('{{ freeze }}' as {{ t_ts() }})
{%- endmacro %}
