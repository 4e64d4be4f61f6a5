-- One row per month, partner and consent decision in force when the month ends, or at
-- the freeze if that comes first. A decision that touches several partners has a row
-- for each.
with
    statements as (select * from {{ ref("fct_statements") }}),
    decisions as (
        select partners.partner_id, versions.*
        from {{ ref("fct_consent_versions") }} as versions
        inner join
            {{ ref("fct_consent_partners") }} as partners
            on partners.decision_id = versions.decision_id
            and partners.recorded_at = versions.recorded_at
        where versions.is_usable
    ),
    months as (
        select
            report_month,
            least(
                cast(cast(report_month + interval 1 month as date) as {{ t_ts() }}),
                {{ known_at() }}
            ) as ends_at
        from statements
        group by report_month
    )
select
    cast(months.report_month as date) as report_month,
    cast(decisions.partner_id as {{ t_str() }}) as partner_id,
    cast(decisions.decision_id as {{ t_str() }}) as decision_id,
    cast(decisions.voice as {{ t_str() }}) as voice,
    cast(decisions.use_type as {{ t_str() }}) as use_type,
    cast(decisions.product_id as {{ t_str() }}) as product_id,
    cast(decisions.territory as {{ t_str() }}) as territory,
    cast(decisions.decision as {{ t_str() }}) as decision,
    cast(decisions.valid_from as {{ t_ts() }}) as valid_from,
    cast(decisions.valid_to as {{ t_ts() }}) as valid_to
from months
inner join
    decisions
    on decisions.valid_from < months.ends_at
    -- What ends with the month was in force until its end.
    and coalesce(decisions.valid_to, {{ always_to() }}) >= months.ends_at
