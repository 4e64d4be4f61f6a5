{#- The id of a use: `g` and the generation's id; or, for a day's plays, `p` and the
    date, the derivative, the territory and the tier. The latter are of a relation. -#}
{% macro use_id(play_date, described) -%}
    case
        when {{ play_date }} is null
        then 'g|' || {{ described }}.generation_id
        else
            'p|'
            || cast({{ play_date }} as {{ t_str() }})
            || '|'
            || {{ described }}.derivative_id
            || '|'
            || {{ described }}.territory
            || '|'
            || {{ described }}.tier
    end
{%- endmacro %}
