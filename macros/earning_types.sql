{#- The line types that are earned by uses or training, whatever came later included: what fees, guarantees, reserves, advances and tax
    are computed on. `first` are those of a month's own statement, the others are corrections. -#}
{% macro earning_types(which="all") -%}
    {%- set first = ["USAGE", "TRAINING_FEE"] -%}
    {%- set corrections = [
        "LATE_USAGE",
        "LATE_CONSENT",
        "BACKPAY",
        "CONFLICT_RESOLUTION",
        "DISPUTE_RESOLUTION",
        "SPAM_ADJUSTMENT",
        "FRAUD_REDISTRIBUTION",
        "REVENUE_CORRECTION",
        "REATTRIBUTION",
        "TERMS_CORRECTION",
        "FX_CORRECTION",
        "REVERSAL",
    ] -%}
    {%- if which == "first" -%} {%- set types = first -%}
    {%- elif which == "corrections" -%} {%- set types = corrections -%}
    {%- else -%} {%- set types = first + corrections -%}
    {%- endif -%}
    ('{{ types | join("', '") }}')
{%- endmacro %}
