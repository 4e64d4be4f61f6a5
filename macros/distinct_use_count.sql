{#- How many uses a relation with one row per batch has: generations by their ids, since
    a generation that was changed after its month was issued is in several batches. -#}
{% macro distinct_use_count(condition="true") -%}
    count(
        distinct case
            when use_basis = 'generations' and {{ condition }} then generation_id
        end
    )
    + sum(case when use_basis = 'plays' and {{ condition }} then use_count else 0 end)
{%- endmacro %}
