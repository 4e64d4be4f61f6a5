{#- Floor division of non-negative whole numbers. Plain division is a double on DuckDB.
    `divide` is the function of DuckDB's double slash, which sqlfmt would parse as a
    comment. Spark's `div` is a BIGINT that wraps silently beyond 2^63. There the
    remainder is subtracted first, so that the decimal division is exact: the quotient
    has no fraction to round. One of more than 32 digits is an error. -#}
{% macro int_div(numerator, denominator) %}
    {{ return(adapter.dispatch("int_div")(numerator, denominator)) }}
{% endmacro %}
{% macro default__int_div(numerator, denominator) -%}
    divide({{ numerator }}, {{ denominator }})
{%- endmacro %}
{% macro spark__int_div(numerator, denominator) -%}
    {%- set n = wide(numerator) -%}
    {%- set d = wide(denominator) -%}
    cast(({{ n }} - {{ n }} % {{ d }}) / {{ d }} as {{ t_wide_int() }})
{%- endmacro %}
