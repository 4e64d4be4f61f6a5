{#- How specific a row's territory is for a use's country: country 3, region 2, world 1,
    otherwise null. `region` is a column of seeds/regions joined on the row's territory
    and the country, null if the territory does not contain the country. -#}
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
