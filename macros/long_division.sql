{#- The parts of `a * b / c` of non-negative whole numbers: `quotients`, which sum to
    the whole quotient, and `rest`. The result is exact although `a * b` may exceed 38
    digits: `b` is split into eight limbs of three digits and every intermediate result
    is less than `c * 10^3 + a * 10^3`, so `a` and `c` may have up to 34 digits and `b`
    up to 24. The quotient must fit the engine's widest integer. -#}
{% macro long_division(a, b, c) -%}
    {%- set limb = pow10(3) -%}
    {%- set found = namespace(rest="0") -%}
    {%- set quotients = [] -%}
    {%- for place in range(7, -1, -1) -%}
        {%- set part = "(" ~ int_div(b, pow10(3 * place)) ~ " % " ~ limb ~ ")" -%}
        {%- set whole = (
            "("
            ~ found.rest
            ~ " * "
            ~ limb
            ~ " + ("
            ~ a
            ~ ") * "
            ~ part
            ~ ")"
        ) -%}
        {%- do quotients.append(wide(int_div(whole, c)) ~ " * " ~ pow10(3 * place)) -%}
        {%- set found.rest = "(" ~ whole ~ " % (" ~ c ~ "))" -%}
    {%- endfor -%}
    {{ return({"quotients": quotients, "rest": found.rest}) }}
{%- endmacro %}
