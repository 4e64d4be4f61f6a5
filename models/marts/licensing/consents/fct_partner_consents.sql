-- One row per partner, report month, and version of a consent decision or contract
-- clause that a line of the month cites, that is in force at the end of the month (or
-- at the freeze, if that is earlier), or that was recorded in the month. All versions
-- of a cited decision are included, whoever made them and whenever.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    statements as (select * from {{ ref("fct_statements") }}),
    contracts as (select * from {{ ref("dim_contracts") }}),
    proofs as (select * from {{ ref("fct_consent_proofs") }}),
    touched as (
        select partners.partner_id, proofs.*
        from {{ ref("fct_consent_partners") }} as partners
        inner join
            proofs
            on proofs.decision_id = partners.decision_id
            and proofs.recorded_at = partners.recorded_at
    ),
    months as (
        select
            report_month,
            least(
                cast(cast(report_month + interval 1 month as date) as {{ t_ts() }}),
                {{ known_at() }}
            ) as ends_at
        from statements
        group by report_month
    ),
    named as (
        select partner_id, report_month, consent_proof_id, count(*) as line_count
        from lines
        where partner_id is not null and consent_proof_id is not null
        group by all
    ),
    cited as (
        select
            named.partner_id,
            named.report_month,
            parts.item as proof_id,
            sum(named.line_count) as line_count
        from
            named {{ explode_list(split_list("named.consent_proof_id", "+"), "parts") }}
        group by all
    ),
    clauses as (
        select contracts.*, {{ clause_proof("contracts") }} as proof_id from contracts
    ),
    -- Of overlapping versions, the higher replaces the lower entirely.
    clauses_in_force as (
        select
            clauses.partner_id,
            months.report_month,
            clauses.proof_id,
            clauses.recorded_at
        from months
        inner join
            clauses
            on clauses.valid_from < months.ends_at
            and coalesce(clauses.valid_to, {{ always_to() }}) >= months.ends_at
        qualify
            row_number() over (
                partition by clauses.contract_id, months.report_month
                order by
                    clauses.base_contract_version desc, clauses.contract_version desc
            )
            = 1
    ),
    listed as (
        select
            cited.partner_id,
            cited.report_month,
            proofs.proof_id,
            proofs.recorded_at,
            cited.line_count,
            false as is_in_force,
            false as is_changed
        from cited
        inner join proofs on proofs.proof_id = cited.proof_id
        union all
        select
            touched.partner_id,
            months.report_month,
            touched.decision_id,
            touched.recorded_at,
            0,
            true,
            false
        from months
        inner join
            touched
            on touched.valid_from < months.ends_at
            -- A version that ends with the month was in force until the month's end.
            and coalesce(touched.valid_to, {{ always_to() }}) >= months.ends_at
        where touched.is_usable
        union all
        select partner_id, report_month, proof_id, recorded_at, 0, true, false
        from clauses_in_force
        union all
        select
            partner_id,
            {{ first_of_month("recorded_at") }},
            decision_id,
            recorded_at,
            0,
            false,
            true
        from touched
        union all
        select
            partner_id,
            {{ first_of_month("recorded_at") }},
            proof_id,
            recorded_at,
            0,
            false,
            true
        from clauses
    ),
    summed as (
        select
            partner_id,
            report_month,
            proof_id,
            recorded_at,
            sum(line_count) as line_count,
            bool_or(is_in_force) as is_in_force,
            bool_or(is_changed) as is_changed
        from listed
        group by all
    )
select
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(summed.report_month as date) as report_month,
    proofs.proof_id,
    proofs.proof_kind,
    cast(summed.line_count > 0 as boolean) as is_cited,
    cast(summed.is_in_force as boolean) as is_in_force,
    cast(summed.is_changed as boolean) as is_changed,
    cast(summed.line_count as {{ t_bigint() }}) as cited_line_count,
    proofs.decision_id,
    proofs.contract_id,
    proofs.contract_version,
    proofs.party_id,
    proofs.voice,
    proofs.object_type,
    proofs.object_id,
    proofs.use_type,
    proofs.product_id,
    proofs.model_version,
    proofs.territory,
    proofs.decision,
    proofs.evidence_state,
    proofs.evidence_sha256,
    proofs.daily_limit,
    proofs.max_influence,
    proofs.is_withdrawn,
    proofs.is_superseded,
    proofs.is_usable,
    proofs.valid_from,
    proofs.valid_to,
    proofs.signed_at,
    proofs.enforced_at,
    proofs.recorded_at,
    proofs.superseded_at
from summed
inner join
    proofs
    on proofs.proof_id = summed.proof_id
    and proofs.recorded_at = summed.recorded_at
