-- One row per incident found in uses: for a month, product, side and owner without a
-- contract; for an object whose parties refused; for a derivative that was played after
-- its removal.
{{ config(meta={"month": "usage_month"}) }}
{%- set texts = incident_subjects() %}
with
    source_uses as (
        select *
        from {{ ref("fct_source_uses") }}
        where
            incident_kind is not null
            and exclusion_reason is null
            and {{ months_in_scope("usage_month") }}
    ),
    unlicensed as (
        select *
        from {{ ref("fct_unlicensed_uses") }}
        where {{ months_in_scope("usage_month") }}
    ),
    actions as (select * from {{ ref("fct_removal_actions") }}),
    removals_scoped as (select * from {{ ref("int_usage__removals_scoped") }}),
    uses as (select * from {{ ref("int_usage__uses_classified") }}),
    -- The most severe kind of an object's refused uses names the incident, because
    -- lines do not distinguish the kinds.
    consent_uses as (
        select
            source_uses.*,
            case
                source_uses.incident_kind
                when 'use_after_enforcement'
                then 1
                when 'play_after_run_off'
                then 2
                when 'over_limit'
                then 3
                else 4
            end as kind_rank
        from source_uses
        where source_uses.incident_kind <> 'unlicensed_use'
    ),
    removed_plays as (
        select distinct
            uses.usage_layer,
            uses.usage_month,
            uses.territory,
            uses.product_id,
            uses.tier,
            uses.derivative_id,
            uses.quantity,
            uses.play_date
        from uses
        inner join actions on actions.derivative_id = uses.derivative_id
        inner join
            removals_scoped
            on removals_scoped.puid = actions.puid
            and removals_scoped.territory in (uses.territory, 'WW')
        where
            uses.basis = 'plays'
            and uses.quantity > 0
            and actions.is_removal
            and cast(uses.play_date as {{ t_ts() }}) > actions.applied_at
            and cast(uses.play_date as {{ t_ts() }})
            < coalesce(actions.reinstated_at, actions.ended_at, {{ always_to() }})
    ),
    found as (
        select
            'unlicensed_use' as incident_kind,
            usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "product_id": "product_id",
                        "side": "side",
                        "owner_party_id": "owner_party_id",
                        "partner_id": "min(partner_id)",
                        "contract_id": "min(contract_id)",
                        "consent_status": "'unlicensed'",
                    },
                )
            }},
            count(distinct use_id) as item_count,
            sum(weight_nano) as weight_nano,
            min(judged_at) as opened_at,
            max(judged_at) as last_seen_at
        from unlicensed
        group by usage_month, product_id, side, owner_party_id
        union all
        select
            min_by(incident_kind, kind_rank) as incident_kind,
            usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "product_id": "product_id",
                        "side": "side",
                        "object_id": "object_id",
                        "owner_party_id": "owner_party_id",
                        "partner_id": "min(partner_id)",
                        "contract_id": "contract_id",
                        "denied_by": ordered_list("consent_denied_by", ", "),
                        "consent_status": "consent_status",
                    },
                )
            }},
            count(distinct use_id) as item_count,
            sum(weight_nano) as weight_nano,
            min(judged_at) as opened_at,
            max(judged_at) as last_seen_at
        from consent_uses
        group by
            usage_month,
            product_id,
            side,
            object_id,
            owner_party_id,
            contract_id,
            consent_status
        union all
        select
            'removed_derivative_played' as incident_kind,
            usage_month,
            {{
                absent_but(
                    texts,
                    {"product_id": "product_id", "derivative_id": "derivative_id"},
                )
            }},
            sum(quantity) as item_count,
            cast(null as {{ t_dec(38, 14) }}) as weight_nano,
            cast(min(play_date) as {{ t_ts() }}) as opened_at,
            cast(max(play_date) as {{ t_ts() }}) as last_seen_at
        from removed_plays
        group by usage_month, product_id, derivative_id
    )
select
    cast(incident_kind as {{ t_str() }}) as incident_kind,
    cast(usage_month as date) as usage_month,
    {%- for name in texts %} {{ name }},{% endfor %}
    cast(item_count as {{ t_bigint() }}) as item_count,
    cast(round(weight_nano, 0) as {{ t_dec(38, 0) }}) as weight_nano,
    cast(opened_at as {{ t_ts() }}) as opened_at,
    cast(last_seen_at as {{ t_ts() }}) as last_seen_at
from found
