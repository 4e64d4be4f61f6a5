-- One row per key of a line and layer of usage with a use at the freeze. A use whose
-- consent came late counts for two lines: the one that holds it, and the one that pays
-- it once its month is issued (E36).
with
    late_groups as (
        select *
        from {{ ref("int_compensation__use_groups") }}
        where
            exclusion_reason is null
            and consent_status = 'late_consent'
            and late_proof_id is not null
    )
select line_key, usage_layer
from {{ ref("int_compensation__line_weights") }}
union
select
    {{
        full_line_key(
            {
                "hold_bucket": "nullif(hold_bucket, 'CONSENT')",
                "consent_proof_id": "late_proof_id",
            }
        )
    }} as line_key, usage_layer
from late_groups
