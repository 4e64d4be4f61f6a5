{#- The proof id of a contract's clause on silence: contract, version and clause, as in
    a line. -#}
{% macro clause_proof(terms) -%}
    {{ terms }}.contract_id
    || '@'
    || cast({{ terms }}.contract_version as {{ t_str() }})
    || '#'
    || coalesce({{ terms }}.silence_clause, 'silence')
{%- endmacro %}
