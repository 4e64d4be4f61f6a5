-- One row per territory, product, use type and model version of a use or generation,
-- with its group of contexts that the same decisions cover: the number of the first one
-- in the group.
with
    listed as (
        select
            context_number,
            territory,
            product_id,
            use_type,
            model_version,
            {{
                ordered_list(
                    "cast(reach_number as "
                    ~ t_str()
                    ~ ") || ':' || cast(reach_rank as "
                    ~ t_str()
                    ~ ")",
                    ",",
                )
            }} as reach_list
        from {{ ref("int_consent__contexts_reached") }}
        group by all
    )
select
    context_number,
    territory,
    product_id,
    use_type,
    model_version,
    min(context_number) over (partition by reach_list) as context_group_number
from listed
