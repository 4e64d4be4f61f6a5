-- One row per logged generation, with the reason why it does not count, if any.
{{ generations_classified(ref("stg_ai_usage__generations")) }}
