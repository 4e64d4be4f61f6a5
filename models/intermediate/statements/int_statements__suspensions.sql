-- One row per partner whose account is suspended or terminated at the freeze; its
-- earnings are held (E98).
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    appeals as (select * from {{ ref("stg_removals__appeals") }}),
    overturned as (
        select distinct puid
        from appeals
        where
            decided_at <= {{ known_at() }}
            and outcome in ('overturned', 'reinstated_authorised')
    )
select distinct actions.uploader_party_id as partner_id
from actions
left join overturned on overturned.puid = actions.puid
where
    actions.decision_account
    in ('DECISION_ACCOUNT_SUSPENDED', 'DECISION_ACCOUNT_TERMINATED')
    and actions.uploader_party_id is not null
    and overturned.puid is null
    and actions.applied_at <= {{ known_at() }}
    and (actions.ended_at is null or actions.ended_at > {{ known_at() }})
