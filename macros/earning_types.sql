{#- The line types that are earned by uses or training, corrections included, as a subquery for a `where` (seed line_types). Where a model
    tells them apart inside of a sum it joins the seed instead: not every engine takes a subquery there. -#}
{% macro earning_types() -%}
    (select line_type from {{ ref("line_types") }} where is_earning)
{%- endmacro %}
