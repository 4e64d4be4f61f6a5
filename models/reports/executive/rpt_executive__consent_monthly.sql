-- One row per month, partner and consent decision in force when the month ends, or at
-- the freeze if that comes first. A decision that touches several partners has a row
-- for each.
select
    report_month,
    partner_id,
    decision_id,
    voice,
    use_type,
    product_id,
    territory,
    decision,
    valid_from,
    valid_to
from {{ ref("fct_partner_consents") }}
where is_in_force and proof_kind = 'decision'
