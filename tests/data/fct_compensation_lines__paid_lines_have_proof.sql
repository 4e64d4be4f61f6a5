-- 100 % of payable lines that uses or training earn name the decisions or clauses that
-- allow them, or nothing is issued (docs/money.md, "Consent"). A correction with a
-- negative amount needs none, nor does money that stays with the service.
select line_id, consent_status, consent_proof_id
from {{ ref("fct_compensation_lines") }}
where
    line_type in {{ earning_types() }}
    and contract_id is not null
    and hold_bucket is null
    and amount > 0
    and (
        consent_proof_id is null
        or coalesce(consent_status, '') not in (
            'consented', 'contract_default', 'retro_revoked', 'run_off', 'late_consent'
        )
    )
