-- One row per compensation line of a contract: its number of minor units, and whether
-- it can be traced to an event, to the terms that priced it and, if it is paid, to the
-- proof of consent (docs/money.md, "From a line to its events").
with
    lines as (
        select
            lines.line_id,
            lines.line_key,
            lines.line_type,
            lines.pool_id,
            lines.territory,
            lines.product_id,
            lines.side,
            lines.partner_id,
            lines.contract_id,
            lines.contract_version,
            lines.object_id,
            lines.member_party_id,
            lines.hold_bucket,
            lines.consent_proof_id,
            lines.original_line_id,
            lines.usage_layer,
            lines.amount,
            lines.currency_code,
            lines.report_month,
            lines.usage_month,
            lines.is_issued,
            line_types.is_earning,
            line_types.is_correction,
            line_types.is_earning
            or lines.line_type in ('PENALTY', 'MG_TRUE_UP') as is_caused,
            {{ stored_minor_units("lines.amount", "currencies.minor_unit_digits") }}
            as amount_minor_units
        from {{ ref("fct_compensation_lines") }} as lines
        inner join
            {{ ref("dim_line_types") }} as line_types
            on line_types.line_type = lines.line_type
        inner join
            {{ ref("dim_currencies") }} as currencies
            on currencies.currency_code = lines.currency_code
        where lines.contract_id is not null
    ),
    contracts as (select * from {{ ref("dim_contracts") }}),
    inclusions as (
        select distinct model_version, side, object_id
        from {{ ref("fct_training_inclusions") }}
    ),
    -- Decisions, and the contract clauses that resolve silence.
    proofs as (select distinct proof_id from {{ ref("fct_consent_proofs") }}),
    named_proofs as (
        select distinct consent_proof_id from lines where consent_proof_id is not null
    ),
    known_proofs as (
        select named_proofs.consent_proof_id
        from
            named_proofs
            {{
                explode_list(
                    split_list("named_proofs.consent_proof_id", "+"),
                    "parts",
                )
            }}
        left join proofs on proofs.proof_id = parts.item
        group by named_proofs.consent_proof_id
        having count(*) = count(proofs.proof_id)
    ),
    -- The line's own uses: those stored with an issued line, or those of the freeze
    -- that have weight in its key.
    used as (
        select
            lines.*,
            contracts.contract_id is not null as has_terms,
            known_proofs.consent_proof_id is not null as is_proven,
            case
                when lines.line_type = 'TRAINING_FEE'
                then inclusions.object_id is not null
                when lines.line_type = 'PENALTY'
                then suspected.object_id is not null
                when lines.line_type = 'MG_TRUE_UP'
                then contracts.minimum_guarantee_amount is not null
                else issued_uses.line_id is not null or used_keys.line_key is not null
            end as has_own_event
        from lines
        left join
            contracts
            on contracts.contract_id = lines.contract_id
            and contracts.contract_version = lines.contract_version
        left join known_proofs on known_proofs.consent_proof_id = lines.consent_proof_id
        left join
            inclusions
            on inclusions.model_version = contracts.training_fee_model_version
            and inclusions.side = lines.side
            and inclusions.object_id = lines.object_id
        left join
            {{ ref("int_compensation__recordings_suspected") }} as suspected
            on suspected.object_id = lines.object_id
            and suspected.usage_month = lines.usage_month
        left join
            {{ ref("stg_ledger__used_lines") }} as issued_uses
            on issued_uses.line_id = lines.line_id
        left join
            {{ ref("int_statements__line_keys_used") }} as used_keys
            on lines.pool_id is not null
            and used_keys.line_key = lines.line_key
            and used_keys.usage_layer = lines.usage_layer
    ),
    -- Lines from uses, training, a penalty or a guarantee have a cause of their own. If
    -- its uses no longer exist or have moved to another key, a line is traced to the
    -- uses of the line that it corrects, or to the current uses of its object in the
    -- pool. Few lines need that.
    moved as (select * from used where is_caused and not has_own_event),
    followed as (
        select moved.line_id
        from moved
        inner join used as originals on originals.line_id = moved.original_line_id
        where originals.has_own_event
        union
        select moved.line_id
        from moved
        inner join
            {{ ref("int_statements__objects_used") }} as objects_used
            on objects_used.pool_id = moved.pool_id
            and objects_used.object_id = moved.object_id
        where moved.is_issued or moved.is_correction
    ),
    caused as (
        select used.*, used.has_own_event or followed.line_id is not null as has_cause
        from used
        left join followed on followed.line_id = used.line_id
    ),
    causes as (
        select contract_id, member_party_id, territory, min(report_month) as first_month
        from caused
        where is_caused and has_cause
        group by all
    ),
    -- Lines that the statement derives: fee, tax, reserve, advance, balance.
    derived as (
        select caused.line_id, max(causes.first_month) is not null as has_event
        from caused
        left join
            causes
            on causes.contract_id = caused.contract_id
            and causes.first_month <= caused.report_month
            and (
                caused.line_type <> 'FEE'
                or causes.member_party_id is not distinct from caused.member_party_id
            )
            and (
                caused.line_type <> 'WITHHOLDING' or causes.territory = caused.territory
            )
        where not caused.is_caused
        group by caused.line_id
    ),
    traced as (
        select
            caused.*,
            case
                when caused.is_caused then caused.has_cause else derived.has_event
            end as has_event,
            caused.is_earning
            and caused.hold_bucket is null
            and caused.amount > 0 as is_paid
        from caused
        left join derived on derived.line_id = caused.line_id
    )
select
    cast(line_id as {{ t_str() }}) as line_id,
    cast(line_type as {{ t_str() }}) as line_type,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(side as {{ t_str() }}) as side,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(contract_version as {{ t_bigint() }}) as contract_version,
    cast(abs(amount_minor_units) as {{ t_dec(38, 0) }}) as minor_units,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(report_month as date) as report_month,
    cast(usage_month as date) as usage_month,
    cast(is_issued as boolean) as is_issued,
    cast(has_event as boolean) as has_event,
    cast(has_terms as boolean) as has_terms,
    cast(is_proven or not is_paid as boolean) as has_proof,
    cast(has_event and has_terms and (is_proven or not is_paid) as boolean) as is_traced
from traced
