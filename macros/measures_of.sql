{#- One row per month and measure from CTEs with one row per month: the measure, its
    numerator and its denominator. All branches have the same types, because otherwise
    weights would round amounts to whole units. -#}
{% macro measures_of(shares) %}
    {%- for table, measure, numerator, denominator in shares %}
        select
            report_month,
            '{{ measure }}' as measure_name,
            cast({{ numerator }} as {{ t_dec(38, 6) }}) as numerator,
            cast({{ denominator }} as {{ t_dec(38, 6) }}) as denominator
        from {{ table }}
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
{% endmacro %}
