-- One row per allow that ends within 90 days of the freeze, partner, and currency of
-- its earnings in the three latest months of use; without earnings, one row per partner
-- that it concerns.
with
    decisions as (
        select *
        from {{ ref("fct_consent_decisions") }}
        where
            decision = 'allow'
            and is_usable
            and valid_to > {{ known_at() }}
            and valid_to <= {{ known_at() }} + interval '90' day
    ),
    partners_touched as (
        select distinct decision_id, partner_id from {{ ref("fct_consent_partners") }}
    ),
    paid as (select * from {{ ref("fct_consent_amounts") }}),
    months as (
        select
            cast(
                cast(max(usage_month) as date) - interval '2' month as date
            ) as first_month
        from paid
    ),
    amounts as (
        select
            paid.decision_id,
            paid.partner_id,
            paid.currency_code,
            sum(paid.paid_amount) as paid_amount
        from paid
        inner join months on paid.usage_month >= months.first_month
        group by all
    ),
    listed as (
        select
            coalesce(amounts.decision_id, touched.decision_id) as decision_id,
            coalesce(amounts.partner_id, touched.partner_id) as partner_id,
            amounts.paid_amount,
            amounts.currency_code
        from partners_touched as touched
        full outer join
            amounts
            on amounts.decision_id = touched.decision_id
            and amounts.partner_id = touched.partner_id
    ),
    parties as (select * from {{ ref("dim_parties") }}),
    partners as (select * from {{ ref("dim_partners") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }})
select
    decisions.decision_id,
    cast(listed.partner_id as {{ t_str() }}) as partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    decisions.party_id,
    cast(parties.party_name as {{ t_str() }}) as party_name,
    decisions.voice,
    decisions.object_type,
    decisions.object_id,
    cast(coalesce(recordings.title, works.title) as {{ t_str() }}) as object_name,
    decisions.use_type,
    decisions.product_id,
    decisions.territory,
    decisions.valid_to,
    cast(
        case
            when decisions.valid_to <= {{ known_at() }} + interval '30' day
            then 30
            when decisions.valid_to <= {{ known_at() }} + interval '60' day
            then 60
            else 90
        end as {{ t_bigint() }}
    ) as within_day_count,
    cast(listed.paid_amount as {{ t_dec(24, 3) }}) as trailing_amount,
    cast(listed.currency_code as {{ t_str() }}) as currency_code
from decisions
left join listed on listed.decision_id = decisions.decision_id
left join parties on parties.party_id = decisions.party_id
left join partners on partners.partner_id = listed.partner_id
left join
    recordings
    on decisions.object_type = 'recording'
    and recordings.recording_id = decisions.object_id
left join
    works on decisions.object_type = 'work' and works.work_id = decisions.object_id
