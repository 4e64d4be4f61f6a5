-- One row per contract, training fee, object and owner: the owner's part of the object,
-- in whole billionths that sum to a billion per object, because a fee is split equally
-- between the objects (E59).
with
    training_uses as (select * from {{ ref("int_usage__training_uses") }}),
    statuses as (select * from {{ ref("int_consent__generation_statuses") }}),
    terms as (select * from {{ ref("int_licensing__terms_effective") }}),
    replaced as (select * from {{ ref("int_licensing__versions_replaced") }}),
    -- Versions repeat the agreed fee; it is owed once, under the highest.
    fees as (
        select
            terms.contract_id,
            terms.contract_version,
            terms.partner_id,
            terms.side,
            terms.training_fee_model_version,
            terms.training_fee_usage_month,
            terms.training_fee_amount,
            terms.payout_currency_code
        from terms
        left join
            replaced
            on replaced.contract_id = terms.contract_id
            and replaced.contract_version = terms.base_contract_version
        where terms.training_fee_amount is not null and replaced.contract_id is null
        qualify
            row_number() over (
                partition by
                    terms.contract_id,
                    terms.training_fee_model_version,
                    terms.training_fee_usage_month
                order by terms.base_contract_version desc, terms.contract_version desc
            )
            = 1
    ),
    trained as (
        select
            fees.contract_id,
            fees.contract_version,
            fees.partner_id,
            fees.side,
            fees.training_fee_usage_month as usage_month,
            fees.training_fee_amount,
            fees.payout_currency_code,
            training_uses.product_id,
            statuses.object_id,
            statuses.owner_party_id,
            statuses.consent_status,
            statuses.consent_status in ('leakage', 'unconsented')
            or (
                statuses.consent_status = 'late_consent'
                and released.contract_id is null
            ) as is_held,
            case
                when statuses.consent_status = 'late_consent'
                then statuses.now_proof_id
                else statuses.proof_id
            end as proof_id,
            {{ scaled("statuses.ownership_share", 14) }} as share
        from fees
        inner join
            training_uses
            on training_uses.model_version = fees.training_fee_model_version
            and training_uses.side = fees.side
            and training_uses.included_at < cast(
                cast(
                    fees.training_fee_usage_month + interval '1' month as date
                ) as {{ t_ts() }}
            )
        inner join
            statuses
            on statuses.output_id = training_uses.output_id
            and statuses.use_type = 'training'
            and statuses.side = training_uses.side
            and statuses.contract_id = fees.contract_id
        -- As with uses: held in its own month's statement, and released afterwards
        -- (E36).
        left join
            {{ ref("int_ledger__months_released") }} as released
            on released.contract_id = fees.contract_id
            and released.last_usage_month >= fees.training_fee_usage_month
    ),
    parts as (
        select
            trained.*,
            {{
                wide(
                    int_div(
                        "share * " ~ pow10(9),
                        "sum(share) over (partition by contract_id, usage_month, object_id)",
                    )
                )
            }}
            as floor_nano,
            (share * {{ pow10(9) }}) % sum(share) over (
                partition by contract_id, usage_month, object_id
            ) as remainder
        from trained
    )
select
    contract_id,
    contract_version,
    partner_id,
    side,
    usage_month,
    training_fee_amount,
    payout_currency_code,
    product_id,
    object_id,
    owner_party_id,
    consent_status,
    case when is_held then 'CONSENT' end as hold_bucket,
    case when not is_held then proof_id end as consent_proof_id,
    case
        when is_held and consent_status = 'late_consent' then proof_id
    end as late_proof_id,
    cast(
        {{
            largest_remainder(
                pow10(9),
                "floor_nano",
                "remainder",
                ["contract_id", "usage_month", "object_id"],
                ["owner_party_id"],
            )
        }} as {{ t_bigint() }}
    ) as weight_nano
from parts
