-- One row per removal action and rule of the EU's database that it breaks: the action
-- cannot be filed until this is fixed. One bad statement would cause its whole batch to
-- be rejected. Rules that the intake enforces (content dates, facts, closed lists) are
-- not tested again.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    removal_codes as (
        select * from {{ ref("removal_codes") }} where field = 'category_specification'
    ),
    unknown_keywords as (
        select distinct actions.puid
        from actions {{ explode_list("actions.category_specification", "keywords") }}
        left join removal_codes on removal_codes.code = keywords.item
        where removal_codes.code is null
    ),
    broken as (
        select puid, 'no_content_date' as unfiled_reason
        from actions
        where content_date is null
        union all
        select puid, 'application_date_out_of_range' as unfiled_reason
        from actions
        where
            cast(applied_at as date) < date '2020-01-01'
            or cast(applied_at as date) > date '2038-01-01'
        union all
        select puid, 'end_date_out_of_range' as unfiled_reason
        from actions
        where
            cast(ended_at as date) < date '2020-01-01'
            or cast(ended_at as date) > date '2038-01-01'
        union all
        select
            puid,
            case
                decision_ground
                when 'DECISION_GROUND_ILLEGAL_CONTENT'
                then 'legal_ground_too_long'
                else 'contractual_ground_too_long'
            end as unfiled_reason
        from actions
        where length(legal_ground) > 500
        union all
        select puid, 'source_identity_too_long' as unfiled_reason
        from actions
        where source_type <> 'SOURCE_VOLUNTARY' and length(source_identity) > 500
        union all
        select puid, 'unknown_keyword' as unfiled_reason
        from unknown_keywords
    )
select puid, unfiled_reason
from broken
