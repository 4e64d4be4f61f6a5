-- One row per incident: an event that the rules forbid, with its subject, size,
-- severity, owner and due date. An incident that a person has closed, with a reason in
-- the ledger, is open again if it continues after that. An incident that does not exist
-- according to later knowledge stays here as its note describes it.
{%- set texts = incident_subjects() %}
with
    kinds as (select * from {{ ref("dim_incident_kinds") }}),
    notes as (select * from {{ ref("stg_ledger__incident_notes") }}),
    found as (
        select *
        from {{ ref("fct_use_incidents") }}
        union all
        select *
        from {{ ref("fct_record_incidents") }}
    ),
    identified as (
        select
            {{
                incident_id(
                    "found.incident_kind",
                    [
                        "case when kinds.is_monthly then found.usage_month end",
                        "found.product_id",
                        "found.side",
                        "found.object_id",
                        "found.owner_party_id",
                        "case when found.incident_kind <> 'unlicensed_use' then found.contract_id end",
                        "found.decision_id",
                        "found.model_version",
                        "found.derivative_id",
                        "found.case_id",
                        "case when found.incident_kind = 'consent_conflict' then found.denied_by end",
                    ],
                )
            }}
            as incident_id,
            found.*
        from found
        inner join kinds on kinds.incident_kind = found.incident_kind
    ),
    last_notes as (
        select *
        from notes
        qualify row_number() over (partition by incident_id order by sequence desc) = 1
    ),
    dissolved as (
        select last_notes.*
        from last_notes
        left join identified on identified.incident_id = last_notes.incident_id
        where identified.incident_id is null
    ),
    listed as (
        select identified.*, true as is_found
        from identified
        union all
        select
            incident_id,
            incident_kind,
            usage_month,
            {%- for name in texts %} {{ name }},{% endfor %}
            cast(null as {{ t_bigint() }}) as item_count,
            cast(null as {{ t_dec(38, 0) }}) as weight_nano,
            opened_at,
            opened_at as last_seen_at,
            false as is_found
        from dissolved
    )
select
    cast(listed.incident_id as {{ t_str() }}) as incident_id,
    cast(listed.incident_kind as {{ t_str() }}) as incident_kind,
    cast(kinds.severity as {{ t_str() }}) as severity,
    cast(kinds.next_action_by as {{ t_str() }}) as next_action_by,
    cast(listed.usage_month as date) as usage_month,
    {%- for name in texts %}
        cast(listed.{{ name }} as {{ t_str() }}) as {{ name }},
    {%- endfor %}
    cast(listed.item_count as {{ t_bigint() }}) as item_count,
    cast(listed.weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    cast(listed.opened_at as {{ t_ts() }}) as opened_at,
    cast(listed.last_seen_at as {{ t_ts() }}) as last_seen_at,
    cast(
        cast(listed.opened_at as date) + kinds.due_day_count * interval '1' day as date
    ) as due_date,
    cast(
        case
            when not listed.is_found
            then 'dissolved'
            when
                last_notes.incident_id is not null
                and listed.last_seen_at <= last_notes.noted_at
            then 'closed'
            else 'open'
        end as {{ t_str() }}
    ) as incident_status,
    cast(last_notes.noted_at as {{ t_ts() }}) as closed_at,
    cast(last_notes.noted_by as {{ t_str() }}) as closed_by,
    cast(last_notes.because as {{ t_str() }}) as closing_note
from listed
inner join kinds on kinds.incident_kind = listed.incident_kind
left join last_notes on last_notes.incident_id = listed.incident_id
