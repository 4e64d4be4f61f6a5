{#- An exact decimal with `precision` digits, `scale` of them after the point. -#}
{% macro t_dec(precision, scale) %}
    {{ return("decimal(" ~ precision ~ "," ~ scale ~ ")") }}
{% endmacro %}
