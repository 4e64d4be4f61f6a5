-- One row per key of a line and layer of usage that a use at the freeze weighs in. A
-- use whose consent came late weighs in two: the line that holds it, and the one that
-- pays it once its month is issued (E36).
with
    use_groups as (
        select *
        from {{ ref("int_compensation__use_groups") }}
        where exclusion_reason is null
    ),
    released as (
        select *
        from use_groups
        where consent_status = 'late_consent' and late_proof_id is not null
    )
select {{ full_line_key() }} as line_key, usage_layer
from use_groups
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
from released
