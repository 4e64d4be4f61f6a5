-- One row per key of a line and layer of usage with a use at the freeze. A use whose
-- consent came late counts for two lines: the one that holds it, and the one that pays
-- it once its month is issued (E36).
-- A view, since almost all rows are those of int_compensation__line_weights.
{{ config(materialized="view") }}
with
    line_weights as (
        select line_key, usage_layer from {{ ref("int_compensation__line_weights") }}
    ),
    late_groups as (
        select distinct
            {{
                full_line_key(
                    {
                        "hold_bucket": "nullif(hold_bucket, 'CONSENT')",
                        "consent_proof_id": "late_proof_id",
                    }
                )
            }} as line_key, usage_layer
        from {{ ref("int_compensation__use_groups") }}
        where
            {{ months_in_scope("usage_month") }}
            and exclusion_reason is null
            and consent_status = 'late_consent'
            and late_proof_id is not null
    )
select line_key, usage_layer
from line_weights
union all
select late_groups.line_key, late_groups.usage_layer
from late_groups
left join
    line_weights
    on line_weights.line_key = late_groups.line_key
    and line_weights.usage_layer = late_groups.usage_layer
where line_weights.line_key is null
