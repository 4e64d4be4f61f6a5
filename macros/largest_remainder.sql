{#- Whole parts of a whole `total` by largest remainder: `part` is each row's floor,
    `remainder` the rest after the floor, `ties` a total order (docs/money.md, "Lines
    and rounding"). The units that the floors leave over go, one each, to the largest
    remainders. -#}
{% macro largest_remainder(total, part, remainder, partition, ties) -%}
    {{ part }} + case
        when
            row_number() over (
                partition by {{ partition | join(", ") }}
                order by {{ remainder }} desc, {{ ties | join(", ") }}
            )
            <= {{ total }}
            - sum({{ part }}) over (partition by {{ partition | join(", ") }})
        then 1
        else 0
    end
{%- endmacro %}
