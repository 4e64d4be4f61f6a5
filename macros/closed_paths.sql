{#- Common table expressions that follow a relation `edges` (child_id, parent_id, valid_from, valid_to) up to any ancestor: the last is
    `closed` (child_id, ancestor_id, valid_from, valid_to), one row per stretch of time in which a way holds. At most 65 steps are
    followed, so that a circle ends. What is longer is cut: the models that use this have blocking tests that find it
    (`…__are_followed_to_the_end`, `…__are_followed_to_the_top`).
    DuckDB doubles the reach in each of 6 rounds, without recursion, which keeps repeated rows. Spark copies a common table expression
    into every place that reads it, so that 6 doublings make a plan of 64 copies of `edges`: there one step is made at a time, by
    recursion, and Spark refuses to go beyond a million rows (`spark.sql.cteRecursionRowLimit`). -#}
{% macro closed_paths() -%}
    {{ return(adapter.dispatch("closed_paths")()) }}
{%- endmacro %}

{% macro default__closed_paths() %}
    {%- set rounds = 6 %}
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

{% macro spark__closed_paths() %}
    closed as (
        with recursive
            walked(child_id, ancestor_id, valid_from, valid_to, steps) as (
                select child_id, parent_id, valid_from, valid_to, 1
                from edges
                union all
                select
                    walked.child_id,
                    edges.parent_id,
                    greatest(walked.valid_from, edges.valid_from),
                    least(walked.valid_to, edges.valid_to),
                    walked.steps + 1
                from walked
                inner join edges on edges.child_id = walked.ancestor_id
                where
                    walked.steps < 65
                    and greatest(walked.valid_from, edges.valid_from)
                    < least(walked.valid_to, edges.valid_to)
            )
        select distinct child_id, ancestor_id, valid_from, valid_to
        from walked
    )
{% endmacro %}
