{#- Common table expressions that follow a relation `edges` (child_id, parent_id,
    valid_from, valid_to) to all ancestors, using the table `reached_0` of its
    `near_paths`. The last is `closed` (child_id, ancestor_id, valid_from, valid_to),
    with one row per period in which a path is valid. At most 65 steps are followed, so
    that cycles end. Longer paths are cut: the models that use this have blocking tests
    that detect it (`…__are_followed_to_the_end`, `…__are_followed_to_the_top`). -#}
{% macro closed_paths() %}
    {{ doubled_paths() }},
    closed as (
        select distinct
            edges.child_id,
            doubled.ancestor_id,
            greatest(edges.valid_from, doubled.valid_from) as valid_from,
            least(edges.valid_to, doubled.valid_to) as valid_to
        from edges
        inner join doubled on doubled.child_id = edges.parent_id
        where
            greatest(edges.valid_from, doubled.valid_from)
            < least(edges.valid_to, doubled.valid_to)
    )
{%- endmacro %}
