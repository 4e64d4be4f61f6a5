-- One row per logged generation, with the reason that keeps it from counting, if any.
{{ generations_classified(ref("stg_ai_usage__generations")) }}
