{#- The id of a line. Lines of one key in one statement differ by type, by the layer of usage, or by the line that they go back to. -#}
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
