-- One row per notice about a piece of content, acted on or not. It belongs to the
-- partner in whose name it was sent, or else to the partner of its action.
with
    notices_judged as (select * from {{ ref("int_removals__notices_judged") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    notifiers as (
        select notices_judged.notice_id, parties_matched.partner_id
        from notices_judged
        inner join
            parties_matched
            on parties_matched.party_id = notices_judged.notifier_party_id
            and parties_matched.valid_from <= notices_judged.received_at
            and coalesce(parties_matched.valid_to, {{ always_to() }})
            > notices_judged.received_at
        qualify
            row_number() over (
                partition by notices_judged.notice_id
                order by
                    parties_matched.depth,
                    case parties_matched.match_basis when 'route' then 0 else 1 end,
                    case parties_matched.side when 'MASTER' then 0 else 1 end,
                    case parties_matched.territory when 'WW' then 0 else 1 end,
                    case parties_matched.product_id when '*' then 0 else 1 end,
                    parties_matched.partner_id
            )
            = 1
    )
select
    cast(notices_judged.notice_id as {{ t_str() }}) as notice_id,
    cast(notices_judged.puid as {{ t_str() }}) as puid,
    cast(
        coalesce(notifiers.partner_id, removal_actions.partner_id) as {{ t_str() }}
    ) as partner_id,
    cast({{ first_of_month("notices_judged.received_at") }} as date) as received_month,
    cast({{ first_of_month("notices_judged.closed_at") }} as date) as closed_month,
    cast(notices_judged.notifier_kind as {{ t_str() }}) as notifier_kind,
    cast(
        case
            when notices_judged.is_timed
            then
                {{
                    seconds_between(
                        "notices_judged.received_at", "notices_judged.applied_at"
                    )
                }}
        end as {{ t_bigint() }}
    ) as seconds_to_action,
    notices_judged.is_valid,
    notices_judged.is_judged,
    notices_judged.is_withdrawn,
    -- All notices count for volume; only valid ones in force count for validity (E115).
    notices_judged.is_valid and not notices_judged.is_withdrawn as is_standing,
    notices_judged.is_timed,
    notices_judged.is_earliest,
    notices_judged.closed_at is null as is_open,
    cast(notices_judged.received_at as {{ t_ts() }}) as received_at,
    cast(notices_judged.withdrawn_at as {{ t_ts() }}) as withdrawn_at,
    cast(notices_judged.applied_at as {{ t_ts() }}) as applied_at,
    cast(notices_judged.closed_at as {{ t_ts() }}) as closed_at
from notices_judged
left join notifiers on notifiers.notice_id = notices_judged.notice_id
left join removal_actions on removal_actions.puid = notices_judged.puid
