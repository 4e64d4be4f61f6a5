{#- Common table expressions that extend a relation `reached_0` (child_id, ancestor_id,
    valid_from, valid_to), which also connects each place to itself, to paths 8 times as
    long: the last is `doubled`. It has only three rounds, because Spark copies a common
    table expression into each place that reads it: each round doubles the plan, and
    Spark takes minutes to plan 64 copies. Recursion would be no better: it plans each
    step again, and keeps duplicate rows. -#}
{% macro doubled_paths() %}
    {%- set rounds = 3 %}
    {%- for round in range(1, rounds + 1) %}
        {{ "doubled" if round == rounds else "reached_" ~ round }} as (
            select distinct
                near.child_id,
                far.ancestor_id,
                greatest(near.valid_from, far.valid_from) as valid_from,
                least(near.valid_to, far.valid_to) as valid_to
            from reached_{{ round - 1 }} as near
            inner join reached_{{ round - 1 }} as far on far.child_id = near.ancestor_id
            where
                greatest(near.valid_from, far.valid_from)
                < least(near.valid_to, far.valid_to)
        )
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
