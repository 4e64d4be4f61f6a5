{#- The key of a line from its columns by name, in the order that breaks ties. `values`
    gives expressions for parts that are not columns, `absent` names the parts that the
    line does not have, and `relation` is the relation of the other columns. -#}
{% macro full_line_key(values={}, absent=[], relation=none) -%}
    {%- set parts = [] -%}
    {%- for name in [
        "usage_month",
        "territory",
        "product_id",
        "tier",
        "side",
        "contract_id",
        "contract_version",
        "object_id",
        "owner_party_id",
        "hold_bucket",
        "consent_status",
        "consent_proof_id",
    ] -%}
        {%- set column = relation ~ "." ~ name if relation else name -%}
        {%- set value = "''" if name in absent else values.get(name, column) -%}
        {%- do parts.append(month_text(value) if name == "usage_month" else value) -%}
    {%- endfor -%}
    {{- line_key(parts) -}}
{%- endmacro %}
