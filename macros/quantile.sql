{#- The smallest value that at least `fraction` of a group does not exceed: an actual
    value, so whole numbers stay whole. -#}
{% macro quantile(expression, fraction) -%}
    percentile_disc({{ fraction }}) within group (order by {{ expression }})
{%- endmacro %}
