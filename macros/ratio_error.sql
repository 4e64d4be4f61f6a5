{#- Standard error of the quotient of two sums over units, by the delta method: the spread of what each unit's numerator is above or
    below the common quotient. Null under two units, or where nothing is divided. A square root is no decimal on either engine; no money
    and no weight passes through here. -#}
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
