-- One row per month, partner, product, derivative, source object of the partner in
-- it, and name that has to be shown with it; without a known name one row with no
-- party. Sources under the product's weight floor are not in the uses any more. A
-- derivative counts in a month if listeners could hear it in that month.
with
    use_groups as (select * from {{ ref("int_compensation__use_groups") }}),
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    contributors_listed as (
        select * from {{ ref("int_partners__contributors_listed") }}
    ),
    credits as (select * from {{ ref("stg_catalog__credits") }}),
    sources as (
        select distinct
            partner_id,
            usage_month,
            product_id,
            derivative_id,
            case side when 'MASTER' then 'recording' else 'work' end as object_type,
            object_id,
            cast(
                cast(usage_month + interval 1 month as date) as {{ t_ts() }}
            ) as month_end_at
        from use_groups
        where partner_id is not null and object_id is not null
    ),
    heard as (
        select sources.*, derivatives.published_at
        from sources
        inner join derivatives on derivatives.derivative_id = sources.derivative_id
        where
            derivatives.published_at < sources.month_end_at
            and coalesce(
                derivatives.disabled_at > cast(sources.usage_month as {{ t_ts() }}),
                true
            )
    ),
    displayed as (
        select derivative_id, object_id, party_id, min(displayed_from) as displayed_from
        from credits
        group by all
    )
select
    heard.partner_id,
    heard.usage_month,
    heard.product_id,
    heard.derivative_id,
    heard.object_type,
    heard.object_id,
    contributors.party_id,
    coalesce(displayed.displayed_from < heard.month_end_at, false) as is_shown,
    case
        when displayed.displayed_from < heard.month_end_at
        then
            {{
                seconds_between(
                    "heard.published_at",
                    "greatest(displayed.displayed_from, heard.published_at)",
                )
            }}
    end as seconds_to_display
from heard
left join
    (
        select distinct object_type, object_id, party_id from contributors_listed
    ) as contributors
    on contributors.object_type = heard.object_type
    and contributors.object_id = heard.object_id
left join
    displayed
    on displayed.derivative_id = heard.derivative_id
    and displayed.object_id = heard.object_id
    and displayed.party_id = contributors.party_id
