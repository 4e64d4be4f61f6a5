{#- One select expression per name, as text: the given one, or an absent value. Branches of a union have the same columns by it. -#}
{% macro absent_but(names, given) -%}
    {%- for name in names %}
        cast({{ given.get(name, "null") }} as {{ t_str() }}) as {{ name }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
