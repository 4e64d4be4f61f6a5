{#- A query for the lines of a relation that a contract pays, each with the number of its
    rounding group (pool, contract, version, layer of usage) and that group's fee from
    int_compensation__fees, which must be imported as `fees`. It is the `grouped` of
    `fees_shared_out`. `columns` are those of the relation that it has. -#}
{% macro contract_rounding_groups(lines, columns=["*"]) -%}
    select
        {%- for column in columns %} {{ lines }}.{{ column }}, {%- endfor %}
        numbered_fees.group_number as rounding_group,
        numbered_fees.payout_currency_code as currency_code,
        numbered_fees.minor_unit_digits,
        numbered_fees.fee_minor_units
    from {{ lines }}
    inner join
        (
            select
                fees.*,
                row_number() over (
                    order by pool_id, contract_id, contract_version, usage_layer
                ) as group_number
            from fees
        ) as numbered_fees
        on numbered_fees.pool_id = {{ lines }}.pool_id
        and numbered_fees.contract_id = {{ lines }}.contract_id
        and numbered_fees.contract_version = {{ lines }}.contract_version
        and numbered_fees.usage_layer = {{ lines }}.usage_layer
{%- endmacro %}
