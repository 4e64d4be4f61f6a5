{#- Whole parts of a whole `total` by largest remainder: `part` is each row's floor, `remainder` what the floor left, `ties` a total
    order (docs/money.md, "Lines and rounding"). What the floors leave goes one unit each to the largest remainders. -#}
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
