-- One row per held line: how much, why, since when, how much of it was let go and by
-- which line. A suspended balance is held too.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    holds as (
        select *
        from lines
        where hold_bucket is not null and original_line_id is null and amount >= 0
    ),
    -- What takes from a held line names it, and stands in a bucket itself; its twin, of
    -- another bucket or none, is where the money went.
    releases as (
        select
            original_line_id,
            sum(amount) as released_amount,
            max_by(report_month, report_month) as released_month,
            max_by(
                line_id, {{ line_key([month_text("report_month"), "line_id"]) }}
            ) as released_by_line_id
        from lines
        where original_line_id is not null and hold_bucket is not null and amount < 0
        group by all
    )
select
    cast(holds.line_id as {{ t_str() }}) as line_id,
    cast(holds.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(holds.partner_id as {{ t_str() }}) as partner_id,
    cast(holds.contract_id as {{ t_str() }}) as contract_id,
    cast(holds.object_id as {{ t_str() }}) as object_id,
    cast(holds.owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(holds.consent_status as {{ t_str() }}) as consent_status,
    cast(holds.amount as {{ t_dec(24, 3) }}) as amount,
    cast(
        - coalesce(releases.released_amount, 0) as {{ t_dec(24, 3) }}
    ) as released_amount,
    cast(holds.currency_code as {{ t_str() }}) as currency_code,
    cast(holds.usage_month as date) as usage_month,
    cast(holds.report_month as date) as opened_month,
    cast(releases.released_month as date) as released_month,
    cast(releases.released_by_line_id as {{ t_str() }}) as released_by_line_id
from holds
left join releases on releases.original_line_id = holds.line_id
