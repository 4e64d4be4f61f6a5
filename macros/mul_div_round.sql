{#- Half-up `a * b / c` of non-negative whole numbers, exact although `a * b` may exceed 38 digits; null for `c` = 0.
    Long division with `b` in four limbs of six digits: every intermediate stays under `c * 10^6 + a * 10^6`, so `a` and `c` may have
    up to 31 digits and `b` up to 24. The quotient must fit the engine's widest integer. -#}
{% macro mul_div_round(a, b, c) -%}
    {%- set limb = pow10(6) -%}
    {%- set b3 = int_div(b, pow10(18)) -%}
    {%- set b2 = "(" ~ int_div(b, pow10(12)) ~ " % " ~ limb ~ ")" -%}
    {%- set b1 = "(" ~ int_div(b, pow10(6)) ~ " % " ~ limb ~ ")" -%}
    {%- set b0 = "((" ~ b ~ ") % " ~ limb ~ ")" -%}
    {%- set t3 = "((" ~ a ~ ") * " ~ b3 ~ ")" -%}
    {%- set t2 = (
        "(("
        ~ t3
        ~ " % ("
        ~ c
        ~ ")) * "
        ~ limb
        ~ " + ("
        ~ a
        ~ ") * "
        ~ b2
        ~ ")"
    ) -%}
    {%- set t1 = (
        "(("
        ~ t2
        ~ " % ("
        ~ c
        ~ ")) * "
        ~ limb
        ~ " + ("
        ~ a
        ~ ") * "
        ~ b1
        ~ ")"
    ) -%}
    {%- set t0 = (
        "(("
        ~ t1
        ~ " % ("
        ~ c
        ~ ")) * "
        ~ limb
        ~ " + ("
        ~ a
        ~ ") * "
        ~ b0
        ~ ")"
    ) -%}
    (
        case
            when ({{ c }}) = 0
            then null
            else
                {{ wide(int_div(t3, c)) }} * {{ pow10(18) }}
                + {{ wide(int_div(t2, c)) }} * {{ pow10(12) }}
                + {{ wide(int_div(t1, c)) }} * {{ pow10(6) }}
                + {{ wide(int_div(t0, c)) }}
                + case when 2 * ({{ t0 }} % ({{ c }})) >= ({{ c }}) then 1 else 0 end
        end
    )
{%- endmacro %}
