{#- What uses weigh: quantity x source weight x ownership share, exact, in nano-uses. -#}
{% macro use_weight_nano(quantity, source_weight_nano, ownership_share) -%}
    cast(
        cast(
            cast({{ quantity }} as {{ t_dec(19, 0) }})
            * cast({{ source_weight_nano }} as {{ t_dec(10, 0) }}) as {{ t_dec(23, 0) }}
        )
        * cast({{ ownership_share }} as {{ t_dec(15, 14) }}) as {{ t_dec(38, 14) }}
    )
{%- endmacro %}
