-- One row per contract, version and period of time in which another contract of its
-- most-favoured-nation group and side has a better value, or a term that it lacks: the
-- raised terms, and the contract that raises them (E99). Revenue shares are compared
-- between all models that have one, minimums and rates only within one model and
-- currency.
with
    contracts as (
        select
            contracts.*,
            coalesce(valid_to, {{ always_to() }}) as ends_at,
            coalesce(rate_currency_code, payout_currency_code) as amounts_currency_code
        from {{ ref("stg_licensing__contracts") }} as contracts
    ),
    -- Every contract with its groups: a version that has left the group still replaces
    -- the lower ones.
    groups as (
        select distinct contract_id, mfn_group
        from contracts
        where mfn_group is not null
    ),
    bounds as (
        select groups.mfn_group, contracts.valid_from as bound
        from contracts
        inner join groups on groups.contract_id = contracts.contract_id
        union
        select groups.mfn_group, contracts.ends_at as bound
        from contracts
        inner join groups on groups.contract_id = contracts.contract_id
    ),
    periods as (
        select
            mfn_group,
            bound as ruling_from,
            lead(bound) over (partition by mfn_group order by bound) as ruling_to
        from bounds
    ),
    -- In a period, the contract's highest version applies.
    highest as (
        select
            periods.mfn_group as period_group,
            periods.ruling_from,
            periods.ruling_to,
            contracts.*
        from periods
        inner join groups on groups.mfn_group = periods.mfn_group
        inner join
            contracts
            on contracts.contract_id = groups.contract_id
            and contracts.valid_from <= periods.ruling_from
            and contracts.ends_at >= periods.ruling_to
        where periods.ruling_from < periods.ruling_to
        qualify
            row_number() over (
                partition by
                    contracts.contract_id, periods.mfn_group, periods.ruling_from
                order by contracts.contract_version desc
            )
            = 1
    ),
    -- Only terms that the model uses can be better or worse.
    ruling as (
        select
            mfn_group,
            side,
            ruling_from,
            ruling_to,
            model,
            contract_id,
            contract_version,
            amounts_currency_code,
            case
                when model in ('pro_rata', 'greater_of') then coalesce(revenue_share, 0)
            end as revenue_share,
            case
                when model = 'greater_of' then coalesce(per_subscriber_minimum, 0)
            end as per_subscriber_minimum,
            case
                when model = 'greater_of' then coalesce(per_use_minimum, 0)
            end as per_use_minimum,
            case when model = 'per_use' then coalesce(rate, 0) end as rate
        from highest
        where mfn_group = period_group
    ),
    compared as (
        select
            ruling.contract_id,
            ruling.contract_version,
            ruling.ruling_from,
            ruling.ruling_to,
            max(
                case
                    when others.revenue_share > ruling.revenue_share
                    then others.revenue_share
                end
            ) as revenue_share,
            max(
                case
                    when
                        others.model = ruling.model
                        and others.amounts_currency_code = ruling.amounts_currency_code
                        and others.per_subscriber_minimum
                        > ruling.per_subscriber_minimum
                    then others.per_subscriber_minimum
                end
            ) as per_subscriber_minimum,
            max(
                case
                    when
                        others.model = ruling.model
                        and others.amounts_currency_code = ruling.amounts_currency_code
                        and others.per_use_minimum > ruling.per_use_minimum
                    then others.per_use_minimum
                end
            ) as per_use_minimum,
            max(
                case
                    when
                        others.model = ruling.model
                        and others.amounts_currency_code = ruling.amounts_currency_code
                        and others.rate > ruling.rate
                    then others.rate
                end
            ) as rate,
            {{
                ordered_list(
                    "case when others.revenue_share > ruling.revenue_share or (others.model= ruling.model and others.amounts_currency_code = ruling.amounts_currency_code and (others.per_subscriber_minimum > ruling.per_subscriber_minimum or others.per_use_minimum > ruling.per_use_minimum or others.rate > ruling.rate)) then others.contract_id || '@' || cast(others.contract_version as "
                    ~ t_str()
                    ~ ") end",
                    "+",
                )
            }}
            as mfn_cause
        from ruling
        inner join
            ruling as others
            on others.mfn_group = ruling.mfn_group
            and others.side = ruling.side
            and others.ruling_from = ruling.ruling_from
            and others.contract_id <> ruling.contract_id
        group by all
    ),
    raised as (
        select
            compared.*,
            {{
                line_key(
                    [
                        "revenue_share",
                        "per_subscriber_minimum",
                        "per_use_minimum",
                        "rate",
                    ]
                )
            }} as signature
        from compared
        where mfn_cause is not null
    ),
    turns as (
        select
            raised.*,
            case
                when
                    signature = lag(signature) over (
                        partition by contract_id, contract_version order by ruling_from
                    )
                    and ruling_from = lag(ruling_to) over (
                        partition by contract_id, contract_version order by ruling_from
                    )
                then 0
                else 1
            end as is_turn
        from raised
    ),
    numbered as (
        select
            turns.*,
            sum(is_turn) over (
                partition by contract_id, contract_version
                order by ruling_from
                rows between unbounded preceding and current row
            ) as adjustment_number
        from turns
    )
select
    contract_id,
    contract_version as base_contract_version,
    cast(
        contract_version * 1000 + adjustment_number as {{ t_bigint() }}
    ) as contract_version,
    min(ruling_from) as valid_from,
    max(ruling_to) as valid_to,
    max(revenue_share) as revenue_share,
    max(per_subscriber_minimum) as per_subscriber_minimum,
    max(per_use_minimum) as per_use_minimum,
    max(rate) as rate,
    min_by(mfn_cause, ruling_from) as mfn_cause
from numbered
group by contract_id, base_contract_version, contract_version, adjustment_number
