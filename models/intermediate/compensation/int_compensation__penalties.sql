-- One row per recording and usage month whose artificial share is over the threshold in
-- its deliverer's contract: the penalty, in the contract's penalty currency. It is not
-- part of any pool (E104, E105).
with
    plays as (select * from {{ ref("int_usage__plays_counted") }}),
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    weights as (
        select *
        from {{ ref("int_attribution__source_weights") }}
        where side = 'MASTER' and object_id is not null
    ),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    routes as (select * from {{ ref("int_rights__route_periods") }}),
    terms as (select * from {{ ref("int_licensing__terms_effective") }}),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    suspect as (
        select
            derivative_id,
            usage_month,
            territory,
            sum(play_count) as play_count,
            sum(artificial_play_count) as artificial_count
        from plays
        group by all
    ),
    attributed as (
        select
            weights.object_id,
            suspect.usage_month,
            suspect.territory,
            derivatives.product_id,
            sum(
                {{ wide("suspect.play_count") }}
                * {{ wide("weights.source_weight_nano") }}
            ) as play_weight,
            sum(
                {{ wide("suspect.artificial_count") }}
                * {{ wide("weights.source_weight_nano") }}
            ) as artificial_weight
        from suspect
        inner join
            derivatives
            on derivatives.derivative_id = suspect.derivative_id
            and derivatives.exclusion_reason is null
        inner join weights on weights.output_id = suspect.derivative_id
        group by all
    ),
    totalled as (
        select
            attributed.*,
            sum(play_weight) over (partition by object_id, usage_month) as all_plays,
            sum(artificial_weight) over (
                partition by object_id, usage_month
            ) as all_artificial
        from attributed
    ),
    -- The deliverer's route with most of the artificial plays.
    placed as (
        select
            totalled.*,
            recordings.label_party_id,
            cast(
                cast(
                    date_trunc(
                        'month', totalled.usage_month + interval '1' month
                    ) as date
                )
                - 1 as {{ t_ts() }}
            ) as routed_at
        from totalled
        inner join recordings on recordings.recording_id = totalled.object_id
        where totalled.all_artificial > 0
        qualify
            row_number() over (
                partition by totalled.object_id, totalled.usage_month
                order by
                    totalled.artificial_weight desc,
                    totalled.territory,
                    totalled.product_id
            )
            = 1
    )
select
    placed.object_id,
    placed.usage_month,
    placed.territory,
    placed.product_id,
    placed.label_party_id,
    terms.partner_id,
    terms.contract_id,
    terms.contract_version,
    terms.fraud_penalty_amount,
    coalesce(
        terms.fraud_penalty_currency, terms.payout_currency_code
    ) as penalty_currency_code,
    terms.payout_currency_code,
    terms.fx_rule,
    case
        when
            terms.fx_rule = 'payment_date'
            and placed.usage_month <= issued.last_report_month
        then issued.next_report_month
        else placed.usage_month
    end as rate_month
from placed
inner join
    routes
    on routes.owner_party_id = placed.label_party_id
    and routes.side = 'MASTER'
    and routes.territory = placed.territory
    and routes.product_id = placed.product_id
    and routes.valid_from <= placed.routed_at
    and routes.valid_to > placed.routed_at
inner join
    terms
    on terms.contract_id = routes.contract_id
    and terms.contract_version = routes.contract_version
left join issued on issued.contract_id = terms.contract_id
where
    terms.fraud_penalty_amount is not null
    and placed.all_artificial * {{ pow10(6) }}
    > {{ wide(scaled("terms.fraud_penalty_threshold", 6)) }} * placed.all_plays
