-- One row per removal action that can be filed, in the columns and order of the EU
-- transparency database's file. Lists are JSON texts, as in that file. The database
-- assigns uuid, platform_name and created_at when it accepts the row.
-- Only actions that can be filed have reasons.
-- The explanation is the first 2,000 characters of the facts, the field's maximum.
with
    actions as (select * from {{ ref("fct_removal_actions") }}),
    reasons as (select * from {{ ref("fct_removal_reasons") }})
select
    cast(null as {{ t_str() }}) as uuid,
    cast(reasons.visibility_codes as {{ t_str() }}) as decision_visibility,
    cast(
        case
            when reasons.has_other_visibility then 'See decision_facts.'
        end as {{ t_str() }}
    ) as decision_visibility_other,
    cast(
        case
            when actions.decision_visibility is not null then actions.ended_at
        end as date
    ) as end_date_visibility_restriction,
    cast(actions.decision_monetary as {{ t_str() }}) as decision_monetary,
    cast(
        case
            when actions.decision_monetary = 'DECISION_MONETARY_OTHER'
            then 'See decision_facts.'
        end as {{ t_str() }}
    ) as decision_monetary_other,
    cast(
        case
            when actions.decision_monetary is not null then actions.ended_at
        end as date
    ) as end_date_monetary_restriction,
    cast(actions.decision_provision as {{ t_str() }}) as decision_provision,
    cast(
        case
            when actions.decision_provision is not null then actions.ended_at
        end as date
    ) as end_date_service_restriction,
    cast(actions.decision_account as {{ t_str() }}) as decision_account,
    cast(
        case when actions.decision_account is not null then actions.ended_at end as date
    ) as end_date_account_restriction,
    cast(null as {{ t_str() }}) as account_type,
    cast(actions.decision_ground as {{ t_str() }}) as decision_ground,
    cast(null as {{ t_str() }}) as decision_ground_reference_url,
    cast(
        case
            when actions.decision_ground = 'DECISION_GROUND_ILLEGAL_CONTENT'
            then actions.legal_ground
        end as {{ t_str() }}
    ) as illegal_content_legal_ground,
    cast(
        case
            when actions.decision_ground = 'DECISION_GROUND_ILLEGAL_CONTENT'
            then substr(reasons.facts, 1, 2000)
        end as {{ t_str() }}
    ) as illegal_content_explanation,
    cast(
        case
            when actions.decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT'
            then
                coalesce(
                    actions.legal_ground, 'Programme rule: ' || actions.programme_reason
                )
        end as {{ t_str() }}
    ) as incompatible_content_ground,
    cast(
        case
            when actions.decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT'
            then substr(reasons.facts, 1, 2000)
        end as {{ t_str() }}
    ) as incompatible_content_explanation,
    cast(
        case
            when actions.decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT'
            then 'No'
        end as {{ t_str() }}
    ) as incompatible_content_illegal,
    cast(actions.category as {{ t_str() }}) as category,
    cast('[]' as {{ t_str() }}) as category_addition,
    cast(reasons.keyword_codes as {{ t_str() }}) as category_specification,
    cast(
        case
            when reasons.has_other_keyword then actions.programme_reason
        end as {{ t_str() }}
    ) as category_specification_other,
    cast(reasons.content_type_codes as {{ t_str() }}) as content_type,
    cast(
        case
            when reasons.has_other_content_type then 'See decision_facts.'
        end as {{ t_str() }}
    ) as content_type_other,
    cast(null as {{ t_str() }}) as content_language,
    cast(actions.content_date as date) as content_date,
    cast(null as {{ t_str() }}) as content_id_ean,
    cast(reasons.territorial_scope as {{ t_str() }}) as territorial_scope,
    cast(actions.applied_at as date) as application_date,
    cast(reasons.facts as {{ t_str() }}) as decision_facts,
    cast(actions.source_type as {{ t_str() }}) as source_type,
    cast(reasons.source_identity as {{ t_str() }}) as source_identity,
    cast(
        case
            when actions.is_detected_automatically then 'Yes' else 'No'
        end as {{ t_str() }}
    ) as automated_detection,
    cast(actions.automated_decision as {{ t_str() }}) as automated_decision,
    cast(null as {{ t_str() }}) as platform_name,
    cast(actions.puid as {{ t_str() }}) as platform_uid,
    cast(null as {{ t_ts() }}) as created_at
from actions
inner join reasons on reasons.puid = actions.puid
