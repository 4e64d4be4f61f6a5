{#- A query for the lines of a relation that a contract pays, each with the number of its
    rounding group (pool, contract, version, layer of usage) and that group's fee from
    int_compensation__fees, which must be imported as `fees`. It is the `grouped` of
    `fees_shared_out`. `columns` are those of the relation that it has. -#}
{% macro contract_rounding_groups(lines, columns=["*"]) -%}
    select
        {%- for column in columns %} {{ lines }}.{{ column }}, {%- endfor %}
        fees.fee_number as rounding_group,
        fees.payout_currency_code as currency_code,
        fees.minor_unit_digits,
        fees.fee_minor_units
    from {{ lines }}
    inner join
        fees
        on fees.pool_id = {{ lines }}.pool_id
        and fees.contract_id = {{ lines }}.contract_id
        and fees.contract_version = {{ lines }}.contract_version
        and fees.usage_layer = {{ lines }}.usage_layer
{%- endmacro %}
