-- One row per generation and issued month that it was in, as it was classified when the
-- month was first issued.
{{
    generations_classified(
        ref("int_usage__generation_versions_issued"), issued_month="issued_month"
    )
}}
