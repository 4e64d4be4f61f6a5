{#- The exact quotient of two decimals with at most 8 fraction digits, rounded half-up
    (away from zero) to `scale` digits; null for a zero divisor. Plain division loses
    digits on both engines (a double on DuckDB, a reduced scale on Spark). Spark also
    reduces the scale of a product of more than 38 digits, so there the quotient has
    only the remaining digits. -#}
{% macro div_round(numerator, denominator, scale) %}
    {{ return(adapter.dispatch("div_round")(numerator, denominator, scale)) }}
{% endmacro %}
{% macro default__div_round(numerator, denominator, scale) -%}
    {%- set n = scaled(numerator, 8) -%}
    {%- set d = scaled(denominator, 8) -%}
    (
        case
            when {{ d }} = 0
            then null
            else
                cast(
                    sign({{ n }})
                    * sign({{ d }})
                    * divide(
                        2 * abs({{ n }}) * {{ pow10(scale) }} + abs({{ d }}),
                        2 * abs({{ d }})
                    ) as decimal(28, 0)
                ) * cast(
                    '{{ "%.*f" | format(scale, 10 ** (-scale)) }}' as decimal(
                        {{ scale + 1 }},{{ scale }}
                    )
                )
        end
    )
{%- endmacro %}
{% macro spark__div_round(numerator, denominator, scale) -%}
    {%- set n = scaled(numerator, 8) -%}
    {%- set d = scaled(denominator, 8) -%}
    (
        case
            when {{ d }} = 0
            then null
            else
                cast(
                    case when ({{ n }} < 0) <> ({{ d }} < 0) then -1 else 1 end
                    * {{
                        int_div(
                            "2 * abs("
                            ~ n
                            ~ ") * "
                            ~ pow10(scale)
                            ~ " + abs("
                            ~ d
                            ~ ")",
                            "2 * abs(" ~ d ~ ")",
                        )
                    }} as decimal({{ 36 - scale }}, 0)
                ) * cast(
                    '{{ "%.*f" | format(scale, 10 ** (-scale)) }}' as decimal(
                        {{ scale + 1 }},{{ scale }}
                    )
                )
        end
    )
{%- endmacro %}
