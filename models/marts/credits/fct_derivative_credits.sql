-- One row per report month, derivative that could be heard in it, and partner with a
-- source in it; without such a partner, one row with none. Figures of the derivative
-- count all its sources; `own` figures count only the partner's.
with
    names_monthly as (select * from {{ ref("int_credits__names_monthly") }}),
    names as (
        select distinct
            report_month,
            derivative_id,
            product_id,
            object_type,
            object_id,
            party_id,
            has_identifier,
            credit_state
        from names_monthly
    ),
    whole as (
        select
            report_month,
            derivative_id,
            product_id,
            count(party_id) as required_name_count,
            count(*) filter (where credit_state = 'shown') as shown_name_count,
            count(*) filter (
                where credit_state in ('name_unknown', 'source_unknown')
            ) as unknown_name_count,
            bool_and(has_identifier) as has_every_identifier
        from names
        group by all
    ),
    partners as (
        select distinct report_month, derivative_id, partner_id
        from names_monthly
        where partner_id is not null
    ),
    own as (
        select
            report_month,
            derivative_id,
            partner_id,
            count(party_id) as own_required_name_count,
            count(*) filter (where credit_state = 'shown') as own_shown_name_count,
            count(*) filter (
                where credit_state = 'name_unknown'
            ) as own_nameless_source_count
        from names_monthly
        where partner_id is not null
        group by all
    )
select
    cast(whole.report_month as date) as report_month,
    cast(whole.derivative_id as {{ t_str() }}) as derivative_id,
    cast(partners.partner_id as {{ t_str() }}) as partner_id,
    cast(whole.product_id as {{ t_str() }}) as product_id,
    cast(whole.required_name_count as {{ t_bigint() }}) as required_name_count,
    cast(whole.shown_name_count as {{ t_bigint() }}) as shown_name_count,
    cast(whole.unknown_name_count as {{ t_bigint() }}) as unknown_name_count,
    cast(
        coalesce(own.own_required_name_count, 0) as {{ t_bigint() }}
    ) as own_required_name_count,
    cast(
        coalesce(own.own_shown_name_count, 0) as {{ t_bigint() }}
    ) as own_shown_name_count,
    cast(
        coalesce(own.own_nameless_source_count, 0) as {{ t_bigint() }}
    ) as own_nameless_source_count,
    -- A name that is unknown cannot be credited, and is a gap like others.
    whole.unknown_name_count = 0
    and whole.shown_name_count = whole.required_name_count as is_fully_credited,
    coalesce(
        own.own_nameless_source_count = 0
        and own.own_shown_name_count = own.own_required_name_count,
        false
    ) as is_own_fully_credited,
    whole.has_every_identifier,
    -- Marks one row per derivative, to count it once however many partners it has.
    row_number() over (
        partition by whole.report_month, whole.derivative_id
        order by partners.partner_id
    )
    = 1 as is_first_of_derivative
from whole
left join
    partners
    on partners.report_month = whole.report_month
    and partners.derivative_id = whole.derivative_id
left join
    own
    on own.report_month = partners.report_month
    and own.derivative_id = partners.derivative_id
    and own.partner_id = partners.partner_id
