{#- How specific a row's territory is to a use's country: country 3, region 2, the world 1, no cover null.
    `region` is a column of seeds/regions joined on the row's territory and the country, null where it does not hold it. -#}
{% macro territory_rank(row_territory, country, region) -%}
    case
        when {{ row_territory }} = {{ country }}
        then 3
        when {{ region }} is not null
        then 2
        when {{ row_territory }} = 'WW'
        then 1
    end
{%- endmacro %}
