{#- Floor division of non-negative whole numbers. Plain division is a double on DuckDB.
    `divide` is the call behind DuckDB's double slash, which sqlfmt would take for a comment. -#}
{% macro int_div(numerator, denominator) %}
    {{ return(adapter.dispatch("int_div")(numerator, denominator)) }}
{% endmacro %}
{% macro default__int_div(numerator, denominator) -%}
    divide({{ numerator }}, {{ denominator }})
{%- endmacro %}
{% macro spark__int_div(numerator, denominator) -%}
    (({{ numerator }}) div({{ denominator }}))
{%- endmacro %}
