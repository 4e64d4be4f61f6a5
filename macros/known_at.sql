{#- The freeze as a naive UTC timestamp, of everything or of one class of input (docs/money.md, "Corrections"): a correction moves one
    class at a time to the new freeze, all other builds have one freeze for all. -#}
{% macro known_at(input_class=none) -%}
    {%- set freeze = var("known_at") -%}
    {%- if input_class -%}
        {%- set freeze = var("known_at_" ~ input_class, freeze) -%}
    {%- endif -%}
    cast('{{ freeze }}' as {{ t_ts() }})
{%- endmacro %}
