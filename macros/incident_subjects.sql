{#- The common columns of the tables of found incidents: texts that identify the subject
    of an incident. -#}
{% macro incident_subjects() %}
    {{
        return(
            [
                "product_id",
                "side",
                "object_id",
                "owner_party_id",
                "partner_id",
                "contract_id",
                "decision_id",
                "model_version",
                "derivative_id",
                "case_id",
                "denied_by",
                "consent_status",
            ]
        )
    }}
{% endmacro %}
