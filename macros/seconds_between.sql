{#- Whole seconds from one naive UTC instant to a later one, rounded down. DuckDB's own
    difference counts the second boundaries between them, so two instants 0.2 s apart
    could be one second apart. -#}
{% macro seconds_between(earlier, later) %}
    {{ return(adapter.dispatch("seconds_between")(earlier, later)) }}
{% endmacro %}
{% macro default__seconds_between(earlier, later) -%}
    cast(divide(epoch_us({{ later }}) - epoch_us({{ earlier }}), 1000000) as bigint)
{%- endmacro %}
{% macro spark__seconds_between(earlier, later) -%}
    cast(timestampdiff(second, {{ earlier }}, {{ later }}) as bigint)
{%- endmacro %}
