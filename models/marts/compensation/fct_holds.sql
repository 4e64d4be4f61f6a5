-- One row per held line, including later additions to it: the amount, the reason, the
-- date, the amount released and the releasing line. A suspended balance is also held.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    -- A correction has the key of the line that it corrects. A balance that is resumed
    -- has the terms of another month, and names the line instead.
    held as (
        select
            *,
            case
                when hold_bucket = 'SUSPENDED'
                then coalesce(original_line_id, line_id)
                else {{ line_key(["line_key", "usage_layer"]) }}
            end as hold_key,
            -- A use whose part rounds to 0.00 is also held and released.
            amount < 0 or weight_nano < 0 as is_release
        from lines
        where hold_bucket is not null
    ),
    opening_lines as (
        select *
        from held
        qualify
            row_number() over (partition by hold_key order by report_month, line_id) = 1
    ),
    totals as (
        select
            hold_key,
            sum(case when amount > 0 then amount else 0 end) as amount,
            sum(case when amount < 0 then - amount else 0 end) as released_amount,
            max(case when is_release then report_month end) as released_month
        from held
        group by hold_key
    ),
    last_releases as (
        select hold_key, line_id
        from held
        where is_release
        qualify
            row_number() over (
                partition by hold_key order by report_month desc, line_id desc
            )
            = 1
    )
select
    cast(opening_lines.line_id as {{ t_str() }}) as line_id,
    cast(opening_lines.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(opening_lines.partner_id as {{ t_str() }}) as partner_id,
    cast(opening_lines.contract_id as {{ t_str() }}) as contract_id,
    cast(opening_lines.object_id as {{ t_str() }}) as object_id,
    cast(opening_lines.owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(opening_lines.consent_status as {{ t_str() }}) as consent_status,
    cast(totals.amount as {{ t_dec(24, 3) }}) as amount,
    cast(totals.released_amount as {{ t_dec(24, 3) }}) as released_amount,
    cast(opening_lines.currency_code as {{ t_str() }}) as currency_code,
    cast(opening_lines.usage_month as date) as usage_month,
    cast(opening_lines.report_month as date) as opened_month,
    cast(totals.released_month as date) as released_month,
    cast(last_releases.line_id as {{ t_str() }}) as released_by_line_id
from opening_lines
inner join totals on totals.hold_key = opening_lines.hold_key
left join last_releases on last_releases.hold_key = opening_lines.hold_key
