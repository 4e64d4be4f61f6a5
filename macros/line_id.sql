{#- The id of a line. Lines with the same key in a statement differ by type, by layer of
    usage, or by the line to which they refer. -#}
{% macro line_id() -%}
    {{
        md5_key(
            [
                month_text("report_month"),
                "line_type",
                "line_key",
                "usage_layer",
                "case when pool_id is null then original_line_id end",
            ]
        )
    }}
{%- endmacro %}
