{#- Common table expressions that follow a relation `edges` (child_id, parent_id, valid_from, valid_to) up to any ancestor: the last is
    `closed` (child_id, ancestor_id, valid_from, valid_to), one row per way that holds for a stretch of time. Each round doubles the
    reach, so that 6 rounds follow 65 steps in 6 joins, and a circle ends. No recursion: engines limit its depth and keep repeated rows.
    What is longer is cut: the model that uses this has a blocking test that finds it (`closed_paths_are_whole`). -#}
{% macro closed_paths(rounds=6) %}
    -- Most children are nobody's parent: only the others need the doubling.
    reached_0 as (
        select
            edges.child_id,
            edges.parent_id as ancestor_id,
            edges.valid_from,
            edges.valid_to
        from edges
        inner join
            (select distinct parent_id from edges) as parents
            on parents.parent_id = edges.child_id
        union
        select
            parent_id as child_id,
            parent_id as ancestor_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to
        from edges
    ),
    {%- for round in range(1, rounds + 1) %}
        reached_{{ round }} as (
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
        ),
    {%- endfor %}
    closed as (
        select distinct
            edges.child_id,
            reached.ancestor_id,
            greatest(edges.valid_from, reached.valid_from) as valid_from,
            least(edges.valid_to, reached.valid_to) as valid_to
        from edges
        inner join reached_{{ rounds }} as reached on reached.child_id = edges.parent_id
        where
            greatest(edges.valid_from, reached.valid_from)
            < least(edges.valid_to, reached.valid_to)
    )
{%- endmacro %}
