-- 100 % of payable usage lines name the decisions or clauses that allow them, or
-- nothing
-- is issued (docs/money.md, "Consent").
select line_id, consent_status, consent_proof_id
from {{ ref("fct_compensation_lines") }}
where
    line_type = 'USAGE'
    and hold_bucket is null
    and (
        consent_proof_id is null
        or coalesce(consent_status, '')
        not in ('consented', 'contract_default', 'retro_revoked', 'run_off')
    )
