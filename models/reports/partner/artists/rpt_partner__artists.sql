-- One row per contract, report month, currency and main artist or writer whose
-- recordings or works had earnings in it: the amount, the consent, and how often the
-- name was shown. Joint recordings and works count in full for each of their makers.
with
    lines as (
        select fct_compensation_lines.*
        from {{ ref("fct_compensation_lines") }} as fct_compensation_lines
        inner join
            {{ ref("dim_line_types") }} as line_types
            on line_types.line_type = fct_compensation_lines.line_type
        where
            fct_compensation_lines.partner_id is not null
            and fct_compensation_lines.object_id is not null
            and line_types.is_earning
    ),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    credits as (
        select
            object_type,
            object_id,
            party_id,
            count(*) as required_credit_count,
            count(*) filter (where is_shown) as shown_credit_count
        from {{ ref("fct_credits") }}
        where party_id is not null
        group by all
    ),
    makers as (
        select
            'MASTER' as side,
            'recording' as object_type,
            'main_artist' as role,
            recordings.recording_id as object_id,
            maker.item as party_id
        from
            recordings
            {{ explode_list(split_list("recordings.main_artist_ids", "|"), "maker") }}
        union
        select
            'WORK' as side,
            'work' as object_type,
            'writer' as role,
            works.work_id as object_id,
            maker.item as party_id
        from
            works {{ explode_list(split_list("works.writer_party_ids", "|"), "maker") }}
    ),
    -- Summed per object first, because an object has several makers.
    {%- set payable = "hold_bucket is null" %}
    objects as (
        select
            partner_id,
            report_month,
            contract_id,
            currency_code,
            side,
            object_id,
            sum(quantity) as source_use_count,
            sum(amount) as gross_amount,
            sum(case when {{ payable }} then 0 else amount end) as held_amount,
            sum(
                case
                    when
                        {{ payable }}
                        and consent_status in ('consented', 'late_consent')
                    then amount
                    else 0
                end
            ) as consented_amount,
            sum(
                case
                    when {{ payable }} and consent_status = 'contract_default'
                    then amount
                    else 0
                end
            ) as contract_default_amount
        from lines
        group by all
    ),
    credited as (
        select
            objects.contract_id,
            objects.report_month,
            objects.currency_code,
            makers.party_id,
            makers.role,
            sum(credits.required_credit_count) as required_credit_count,
            sum(credits.shown_credit_count) as shown_credit_count
        from objects
        inner join
            makers
            on makers.side = objects.side
            and makers.object_id = objects.object_id
        inner join
            credits
            on credits.object_type = makers.object_type
            and credits.object_id = makers.object_id
            and credits.party_id = makers.party_id
        group by all
    ),
    summed as (
        select
            objects.partner_id,
            objects.report_month,
            objects.contract_id,
            objects.currency_code,
            makers.party_id,
            makers.role,
            count(*) as object_count,
            sum(objects.source_use_count) as source_use_count,
            sum(objects.gross_amount) as gross_amount,
            sum(objects.held_amount) as held_amount,
            sum(objects.consented_amount) as consented_amount,
            sum(objects.contract_default_amount) as contract_default_amount
        from objects
        inner join
            makers
            on makers.side = objects.side
            and makers.object_id = objects.object_id
        group by all
    ),
    proofs as (
        select distinct
            lines.contract_id,
            lines.report_month,
            lines.currency_code,
            makers.party_id,
            makers.role,
            lines.consent_proof_id
        from lines
        inner join
            makers on makers.side = lines.side and makers.object_id = lines.object_id
        where lines.consent_proof_id is not null
    ),
    proven as (
        select
            contract_id,
            report_month,
            currency_code,
            party_id,
            role,
            count(*) as consent_proof_count
        from proofs
        group by all
    )
select
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(summed.report_month as date) as report_month,
    cast(summed.contract_id as {{ t_str() }}) as contract_id,
    cast(summed.party_id as {{ t_str() }}) as party_id,
    cast(parties.party_name as {{ t_str() }}) as party_name,
    cast(summed.role as {{ t_str() }}) as role,
    cast(summed.object_count as {{ t_bigint() }}) as object_count,
    cast(summed.source_use_count as {{ t_bigint() }}) as source_use_count,
    cast(summed.currency_code as {{ t_str() }}) as currency_code,
    cast(summed.gross_amount as {{ t_dec(24, 3) }}) as gross_amount,
    cast(summed.held_amount as {{ t_dec(24, 3) }}) as held_amount,
    cast(summed.consented_amount as {{ t_dec(24, 3) }}) as consented_amount,
    cast(
        summed.contract_default_amount as {{ t_dec(24, 3) }}
    ) as contract_default_amount,
    cast(
        coalesce(proven.consent_proof_count, 0) as {{ t_bigint() }}
    ) as consent_proof_count,
    cast(
        coalesce(credited.required_credit_count, 0) as {{ t_bigint() }}
    ) as required_credit_count,
    cast(
        coalesce(credited.shown_credit_count, 0) as {{ t_bigint() }}
    ) as shown_credit_count
from summed
left join parties on parties.party_id = summed.party_id
left join
    credited
    on credited.contract_id = summed.contract_id
    and credited.report_month = summed.report_month
    and credited.currency_code = summed.currency_code
    and credited.party_id = summed.party_id
    and credited.role = summed.role
left join
    proven
    on proven.contract_id = summed.contract_id
    and proven.report_month = summed.report_month
    and proven.currency_code = summed.currency_code
    and proven.party_id = summed.party_id
    and proven.role = summed.role
