-- One row per month, partner and consent decision in force at the end of the month, or
-- at the freeze if that is earlier. A decision that concerns several partners has a row
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
