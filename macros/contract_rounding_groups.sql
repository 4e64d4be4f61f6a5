{#- A query for the lines of a relation that a contract pays, each with its rounding
    group (pool, contract, version, layer of usage) and that group's fee from
    int_compensation__fees, which must be imported as `fees`. It is the `grouped` of
    `fees_shared_out`. -#}
{% macro contract_rounding_groups(lines) -%}
    select
        {{ lines }}.*,
        {{ lines }}.pool_id
        || '|'
        || {{ lines }}.contract_id
        || '|'
        || cast({{ lines }}.contract_version as {{ t_str() }})
        || '|'
        || {{ lines }}.usage_layer as rounding_group,
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
