-- One row per removal action, with the kinds of its decisions. Only content that was
-- taken down is a removal: demotion, labelling and demonetisation are not (E111). The
-- closed list classifies the codes.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    removal_codes as (
        select code
        from {{ ref("removal_codes") }}
        where field = 'decision_visibility' and is_removal
    ),
    removed as (
        select distinct actions.puid
        from actions
        inner join
            removal_codes
            on array_contains(actions.decision_visibility, removal_codes.code)
    )
select
    actions.puid,
    removed.puid is not null as is_removal,
    coalesce(
        array_contains(
            actions.decision_visibility, 'DECISION_VISIBILITY_CONTENT_DEMOTED'
        ),
        false
    ) as is_demotion,
    coalesce(
        array_contains(
            actions.decision_visibility, 'DECISION_VISIBILITY_CONTENT_LABELLED'
        ),
        false
    ) as is_labelling,
    actions.decision_monetary is not null as is_demonetisation,
    actions.decision_account is not null as is_account_measure
from actions
left join removed on removed.puid = actions.puid
