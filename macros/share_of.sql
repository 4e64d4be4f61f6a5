{#- `numerator / denominator` of two decimals with at most 6 fraction digits, rounded
    half-up to `scale` digits; null if the denominator is 0. It is also exact for
    weights, which have up to 25 digits before the point, while `div_round` permits 20.
    The denominator must not be negative. -#}
{% macro share_of(numerator, denominator, scale) -%}
    {%- set micro = [] -%}
    {%- for one in (numerator, denominator) -%}
        {%- do micro.append(
            wide("cast(" ~ one ~ " as " ~ t_dec(38, 6) ~ ") * 1000000")
        ) -%}
    {%- endfor -%}
    cast(
        cast(
            case when {{ numerator }} < 0 then -1 else 1 end
            * {{ mul_div_round("abs(" ~ micro[0] ~ ")", pow10(scale), micro[1]) }}
            as {{ t_dec(36 - scale, 0) }}
        ) * cast(
            '{{ "%.*f" | format(scale, 10 ** (-scale)) }}'
            as {{ t_dec(scale + 1, scale) }}
        ) as {{ t_dec(18, scale) }}
    )
{%- endmacro %}
