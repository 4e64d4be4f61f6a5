{#- The standard error of the quotient of two sums over units, by the delta method: the
    variation of each unit's numerator around the common quotient. Null for fewer than
    two units, or if the denominator is zero. A square root is not a decimal on either
    engine, but this is never used for money or weights. -#}
{% macro ratio_error(unit_count, sum_yy, sum_xy, sum_xx, sum_y, sum_x) -%}
    {%- set y = "cast(" ~ sum_y ~ " as double)" -%}
    {%- set x = "cast(" ~ sum_x ~ " as double)" -%}
    case
        when {{ unit_count }} > 1 and {{ sum_x }} > 0
        then
            cast(
                sqrt(
                    greatest(
                        cast({{ unit_count }} as double)
                        / ({{ unit_count }} - 1)
                        * (
                            cast({{ sum_yy }} as double)
                            - 2 * {{ y }} / {{ x }} * cast({{ sum_xy }} as double)
                            + {{ y }}
                            / {{ x }}
                            * {{ y }}
                            / {{ x }}
                            * cast({{ sum_xx }} as double)
                        ),
                        0
                    )
                )
                / {{ x }} as {{ t_dec(18, 6) }}
            )
    end
{%- endmacro %}
