{#- The line types earned by uses or training, including corrections, as a subquery for
    a `where` (seed line_types). Models that distinguish them inside a sum join the seed
    instead, because not every engine permits a subquery there. -#}
{% macro earning_types() -%}
    (select line_type from {{ ref("line_types") }} where is_earning)
{%- endmacro %}
