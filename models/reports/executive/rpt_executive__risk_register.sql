-- One row per kind of open matter, partner and currency: what needs a decision, the
-- amount that waits for it, since when, who acts next and by when. A hold is due 90
-- days after its oldest month, a statement on its payment date, a notice a week after
-- its month begins.
{%- set turns = {
    "CONSENT": "rightsholder",
    "DISPUTE": "claimants",
    "FRAUD": "trust_and_safety",
    "NO_USAGE": "finance",
    "REMOVAL": "trust_and_safety",
    "SUSPENDED": "trust_and_safety",
    "UNATTRIBUTED": "product",
    "UNCLAIMED": "rights_data",
    "UNMATCHED": "rights_data",
    "UNROUTED": "rights_data",
} %}
with
    partners as (select * from {{ ref("dim_partners") }}),
    -- Amounts on hold are valued at the latest rate.
    last_rates as (
        select *
        from {{ ref("dim_exchange_rates") }}
        qualify
            row_number() over (partition by currency_code order by rate_month desc) = 1
    ),
    holds as (
        select
            'held_money' as risk_name,
            partner_id,
            hold_bucket,
            count(*) as item_count,
            sum(amount - released_amount) as amount,
            currency_code,
            min(opened_month) as since_month,
            case
                hold_bucket
                {%- for bucket, turn in turns.items() %}
                    when '{{ bucket }}' then '{{ turn }}'
                {%- endfor %}
            end as next_action_by
        from {{ ref("fct_holds") }}
        where
            (released_month is null or amount <> released_amount)
            and hold_bucket <> 'BELOW_MINIMUM'
        group by partner_id, hold_bucket, currency_code
    ),
    notices as (
        select
            'open_notices' as risk_name,
            partner_id,
            cast(null as {{ t_str() }}) as hold_bucket,
            count(*) as item_count,
            cast(null as {{ t_dec(24, 3) }}) as amount,
            cast(null as {{ t_str() }}) as currency_code,
            min(received_month) as since_month,
            'trust_and_safety' as next_action_by
        from {{ ref("fct_notices") }}
        where is_open
        group by partner_id
    ),
    drafts as (
        select
            'statements_not_issued' as risk_name,
            partner_id,
            cast(null as {{ t_str() }}) as hold_bucket,
            count(*) as item_count,
            sum(payable_amount) as amount,
            currency_code,
            min(report_month) as since_month,
            'finance' as next_action_by
        from {{ ref("fct_statements") }}
        where statement_state <> 'issued'
        group by partner_id, currency_code
    ),
    risks as (
        select *
        from holds
        union all
        select *
        from notices
        union all
        select *
        from drafts
    )
select
    cast(risks.risk_name as {{ t_str() }}) as risk_name,
    cast(risks.partner_id as {{ t_str() }}) as partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    cast(risks.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(risks.item_count as {{ t_bigint() }}) as item_count,
    cast(risks.amount as {{ t_dec(24, 3) }}) as amount,
    cast(risks.currency_code as {{ t_str() }}) as currency_code,
    {{ reporting_amount("risks.amount", "last_rates.indicative_rate") }}
    as reporting_amount,
    cast(
        '{{ var("reporting_currency_code") }}' as {{ t_str() }}
    ) as reporting_currency_code,
    cast(risks.since_month as date) as since_month,
    cast(risks.next_action_by as {{ t_str() }}) as next_action_by,
    cast(
        case
            risks.risk_name
            when 'statements_not_issued'
            then {{ payment_date("risks.since_month") }}
            when 'open_notices'
            then risks.since_month + 6
            else cast(risks.since_month + interval '1' month as date) + 89
        end as date
    ) as due_date
from risks
left join last_rates on last_rates.currency_code = risks.currency_code
left join partners on partners.partner_id = risks.partner_id
