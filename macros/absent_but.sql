{#- One select expression per name, as text: the given expression, or an absent value.
    It gives all branches of a union the same columns. -#}
{% macro absent_but(names, given) -%}
    {%- for name in names %}
        cast({{ given.get(name, "null") }} as {{ t_str() }}) as {{ name }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
