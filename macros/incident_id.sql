{#- The id of an incident: its kind and twelve digits of a hash of its subject, so that
    an incident has the same id in every build. -#}
{% macro incident_id(kind, parts) -%}
    {{ kind }} || '-' || substr({{ md5_key(parts) }}, 1, 12)
{%- endmacro %}
