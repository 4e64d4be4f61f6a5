-- One row per line of an issued month whose amount one class of input changes: the
-- difference, with its type, for the contract's next statement (docs/money.md,
-- "Corrections"). The amounts before and after are already rounded, so their difference
-- is exact.
with
    recalculated as (
        select
            lines.*,
            quantity_after - quantity_before as quantity,
            weight_nano_after - weight_nano_before as weight_nano,
            amount_minor_units_after - amount_minor_units_before as amount_minor_units,
            coalesce(contract_id, 'unallocated') as account_id,
            coalesce(cast(contract_version as {{ t_str() }}), '') as version_text,
            coalesce(object_id, '') as object_key,
            coalesce(owner_party_id, '') as owner_key
        from {{ ref("stg_revaluation__lines") }} as lines
    ),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    moved as (
        select
            recalculated.*,
            -- A status that changes without moving money is a label, not a correction.
            abs(
                sum(
                    case when hold_bucket is null then amount_minor_units else 0 end
                ) over (label_group)
            ) + abs(
                sum(
                    case when hold_bucket is not null then amount_minor_units else 0 end
                ) over (label_group)
            )
            + abs(
                sum(case when hold_bucket is null then weight_nano else 0 end) over (
                    label_group
                )
            )
            + abs(
                sum(
                    case when hold_bucket is not null then weight_nano else 0 end
                ) over (label_group)
            )
            = 0 as is_label,
            sum(weight_nano) over (fraud_group) as moved_weight,
            sum(
                case
                    when hold_bucket in ('REMOVAL', 'FRAUD')
                    then amount_minor_units
                    else 0
                end
            ) over (fraud_group) as moved_removal,
            sum(case when hold_bucket is null then amount_minor_units else 0 end) over (
                fraud_group
            ) as moved_payable,
            max(
                case
                    when
                        hold_bucket in ('UNMATCHED', 'UNCLAIMED', 'UNROUTED')
                        and weight_nano_before <> 0
                    then 1
                    else 0
                end
            ) over (object_group) as was_unknown
        from recalculated
        window
            label_group as (
                partition by
                    input_class,
                    pool_id,
                    account_id,
                    version_text,
                    object_key,
                    owner_key,
                    usage_layer
            ),
            fraud_group as (
                partition by input_class, pool_id, account_id, object_key, owner_key
            ),
            object_group as (partition by input_class, pool_id, object_key)
    ),
    typed as (
        select
            moved.*,
            case
                when usage_layer = 'penalty'
                then 'PENALTY'
                when input_class = 'usage' and usage_layer = 'withdrawn'
                then 'REVERSAL'
                when input_class = 'usage'
                then 'LATE_USAGE'
                when
                    input_class = 'fraud'
                    and moved_weight = 0
                    and moved_removal < 0
                    and moved_payable > 0
                then 'DISPUTE_RESOLUTION'
                when input_class = 'fraud' and weight_nano <> 0
                then 'SPAM_ADJUSTMENT'
                when input_class = 'fraud'
                then 'FRAUD_REDISTRIBUTION'
                when input_class = 'revenue'
                then 'REVENUE_CORRECTION'
                when input_class = 'attribution'
                then 'REATTRIBUTION'
                when input_class = 'ownership' and was_unknown = 1
                then 'BACKPAY'
                when input_class = 'ownership'
                then 'CONFLICT_RESOLUTION'
                when input_class = 'consent'
                then 'LATE_CONSENT'
                when input_class = 'terms'
                then 'TERMS_CORRECTION'
            end as line_type
        from moved
        where not (input_class = 'consent' and is_label)
    ),
    -- The corrected line: the first one with the same key, or else the held line for
    -- the same object that is released.
    first_lines as (
        select line_key, usage_layer, line_id
        from {{ ref("stg_ledger__lines") }}
        where pool_id is not null
        qualify
            row_number() over (
                partition by line_key, usage_layer order by sequence, line_id
            )
            = 1
    ),
    matched as (
        select
            typed.*,
            first_lines.line_id as own_line_id,
            case
                when typed.hold_bucket is not null and typed.amount_minor_units < 0
                then first_lines.line_id
            end as released_line_id
        from typed
        left join
            first_lines
            on first_lines.line_key = typed.line_key
            and first_lines.usage_layer = typed.usage_layer
    ),
    linked as (
        select
            matched.*,
            coalesce(
                own_line_id,
                min(released_line_id) over (
                    partition by input_class, pool_id, object_key, account_id, owner_key
                ),
                min(released_line_id) over (
                    partition by input_class, pool_id, object_key, account_id
                ),
                -- A partner sees no line of another, not even its id.
                min(
                    case when account_id = 'unallocated' then released_line_id end
                ) over (partition by input_class, pool_id, object_key)
            ) as original_line_id
        from matched
    )
select
    linked.line_type,
    linked.line_key,
    linked.pool_id,
    linked.territory,
    linked.product_id,
    linked.tier,
    linked.side,
    linked.partner_id,
    linked.contract_id,
    linked.contract_version,
    linked.object_id,
    linked.owner_party_id,
    linked.hold_bucket,
    linked.consent_status,
    linked.consent_proof_id,
    min(linked.original_line_id) as original_line_id,
    linked.usage_layer,
    cast(sum(linked.quantity) as {{ t_bigint() }}) as quantity,
    cast(sum(linked.weight_nano) as {{ t_dec(38, 0) }}) as weight_nano,
    {{ wide("sum(linked.amount_minor_units)") }} as amount_minor_units,
    linked.minor_unit_digits,
    linked.currency_code,
    issued.next_report_month as report_month,
    linked.usage_month
from linked
inner join issued on issued.contract_id = linked.account_id
group by all
union all
select *
from {{ ref("int_statements__fraud_residuals") }}
