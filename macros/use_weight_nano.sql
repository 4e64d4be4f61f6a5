{#- The weight of uses: quantity x source weight x ownership share, exact, in nano-uses.
    A share under 1 has 14 digits: with the 23 of the others that makes 38, which both
    engines multiply exactly. Spark would cut the product of a decimal(15,14) to 13
    decimals. -#}
{% macro use_weight_nano(quantity, source_weight_nano, ownership_share) -%}
    {%- set whole -%}
        cast(
            cast({{ quantity }} as {{ t_dec(19, 0) }})
            * cast({{ source_weight_nano }} as {{ t_dec(10, 0) }}) as {{ t_dec(23, 0) }}
        )
    {%- endset -%}
    case
        when {{ ownership_share }} = 1
        then cast({{ whole }} as {{ t_dec(38, 14) }})
        else
            cast(
                {{ whole }} * cast(
                    nullif({{ ownership_share }}, 1) as {{ t_dec(14, 14) }}
                ) as {{ t_dec(38, 14) }}
            )
    end
{%- endmacro %}
