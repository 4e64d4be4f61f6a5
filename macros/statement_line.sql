{#- The columns of a statement's line as a select list, in the same order for all kinds
    of lines; values that are not given are absent, quantities and weights 0. The line
    key consists of the same parts (docs/money.md, "Lines and rounding"). -#}
{% macro statement_line(values) -%}
    {%- set texts = [
        "pool_id",
        "territory",
        "product_id",
        "tier",
        "side",
        "partner_id",
        "contract_id",
        "object_id",
        "owner_party_id",
        "member_party_id",
        "hold_bucket",
        "consent_status",
        "consent_proof_id",
        "original_line_id",
    ] -%}
    {%- set key_parts = [
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
    {%- set key = [month_text(values["usage_month"])] -%}
    {%- for part in key_parts -%}
        {%- do key.append(values.get(part, "cast(null as " ~ t_str() ~ ")")) -%}
    {%- endfor -%}
    cast({{ values["line_type"] }} as {{ t_str() }}) as line_type,
    {{ values.get("line_key") or line_key(key) }} as line_key,
    {% for column in texts -%}
        cast({{ values.get(column, "null") }} as {{ t_str() }}) as {{ column }},
    {% endfor -%}
    cast({{ values.get("usage_layer", "'timely'") }} as {{ t_str() }}) as usage_layer,
    cast(
        {{ values.get("contract_version", "null") }} as {{ t_bigint() }}
    ) as contract_version,
    cast({{ values.get("quantity", 0) }} as {{ t_bigint() }}) as quantity,
    cast({{ values.get("weight_nano", 0) }} as {{ t_dec(38, 0) }}) as weight_nano,
    {{ wide(values["amount_minor_units"]) }} as amount_minor_units,
    cast({{ values["minor_unit_digits"] }} as integer) as minor_unit_digits,
    cast({{ values["currency_code"] }} as {{ t_str() }}) as currency_code,
    cast({{ values["report_month"] }} as date) as report_month,
    cast({{ values["usage_month"] }} as date) as usage_month
{%- endmacro %}
