-- Each decision or clause that a partner's line names is in that partner's package of
-- the month, in a version that allows, so the package contains its own proofs.
with
    named as (
        select distinct partner_id, report_month, consent_proof_id
        from {{ ref("rpt_partner__compensation_lines") }}
        where consent_proof_id is not null
    ),
    proofs as (
        select distinct named.partner_id, named.report_month, parts.item as proof_id
        from
            named {{ explode_list(split_list("named.consent_proof_id", "+"), "parts") }}
    ),
    allowing as (
        select partner_id, report_month, proof_id
        from {{ ref("rpt_partner__consents") }}
        group by all
        having bool_or(decision = 'allow')
    )
select proofs.partner_id, proofs.report_month, proofs.proof_id
from proofs
left join
    allowing
    on allowing.partner_id = proofs.partner_id
    and allowing.report_month = proofs.report_month
    and allowing.proof_id = proofs.proof_id
where allowing.proof_id is null
