-- One row per generation of an issued month, as it was classified when the month was
-- first issued.
{{ generations_classified(ref("int_usage__generation_versions_issued")) }}
