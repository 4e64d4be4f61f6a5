{#- A query with one row per measure of an audience and measure that is never smaller,
    from `audience_measures`. -#}
{% macro audience_containments() %}
    {%- set pairs = [] -%}
    {%- for measure, wider_measures in audience_measures().items() -%}
        {%- for wider_measure in wider_measures -%}
            {%- do pairs.append((measure, wider_measure)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for measure, wider_measure in pairs %}
        select
            '{{ measure }}' as measure,
            '{{ wider_measure }}' as wider_measure
            {{ "union all" if not loop.last }}
    {%- endfor %}
{% endmacro %}
