{#- The proof that a contract's clause on silence gives: contract, version and clause, as a line names it. -#}
{% macro clause_proof(terms) -%}
    {{ terms }}.contract_id
    || '@'
    || cast({{ terms }}.contract_version as {{ t_str() }})
    || '#'
    || coalesce({{ terms }}.silence_clause, 'silence')
{%- endmacro %}
