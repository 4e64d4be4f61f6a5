-- One row per incident and currency of its money; an incident without money has one row
-- without a currency.
with
    incidents as (select * from {{ ref("fct_incidents") }}),
    amounts as (select * from {{ ref("fct_incident_amounts") }}),
    kinds as (select * from {{ ref("dim_incident_kinds") }}),
    partners as (select * from {{ ref("dim_partners") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    products as (select * from {{ ref("dim_products") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }})
select
    incidents.incident_id,
    incidents.incident_kind,
    cast(kinds.label as {{ t_str() }}) as label,
    incidents.severity,
    incidents.incident_status,
    cast(
        incidents.incident_status = 'open'
        and cast(incidents.due_date as {{ t_ts() }}) < {{ known_at() }} as boolean
    ) as is_overdue,
    incidents.usage_month as report_month,
    incidents.opened_at,
    incidents.last_seen_at,
    incidents.due_date,
    incidents.next_action_by,
    cast(kinds.next_step as {{ t_str() }}) as next_step,
    incidents.partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    incidents.product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    incidents.side,
    incidents.object_id,
    cast(coalesce(recordings.title, works.title) as {{ t_str() }}) as object_name,
    incidents.owner_party_id,
    cast(parties.party_name as {{ t_str() }}) as owner_name,
    incidents.contract_id,
    incidents.decision_id,
    incidents.model_version,
    incidents.derivative_id,
    incidents.case_id,
    incidents.denied_by,
    incidents.item_count,
    amounts.held_amount,
    amounts.exposed_amount,
    amounts.currency_code,
    amounts.held_reporting_amount,
    amounts.exposed_reporting_amount,
    amounts.reporting_currency_code,
    incidents.closed_at,
    incidents.closed_by,
    incidents.closing_note
from incidents
inner join kinds on kinds.incident_kind = incidents.incident_kind
left join amounts on amounts.incident_id = incidents.incident_id
left join partners on partners.partner_id = incidents.partner_id
left join parties on parties.party_id = incidents.owner_party_id
left join products on products.product_id = incidents.product_id
left join
    recordings
    on coalesce(incidents.side, 'MASTER') = 'MASTER'
    and recordings.recording_id = incidents.object_id
left join
    works
    on coalesce(incidents.side, 'WORK') = 'WORK'
    and works.work_id = incidents.object_id
