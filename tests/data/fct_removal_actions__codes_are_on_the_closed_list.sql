-- Every code of an action is on the regulator's or the programme's closed list (E119);
-- the intake should have rejected any other: find the delivery, or add the code to
-- seeds/removal_codes.csv if the list has grown. Keywords have a separate test, and one
-- that is on no list cannot be filed.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    removal_codes as (select * from {{ ref("removal_codes") }}),
    used as (
        {%- for column in ["decision_visibility", "content_type"] %}
            select actions.puid, '{{ column }}' as field, codes.item as code
            from actions {{ explode_list("actions." ~ column, "codes") }}
            union all
        {%- endfor %}
        {%- for column in [
            "programme_reason",
            "ai_status",
            "decision_monetary",
            "decision_provision",
            "decision_account",
            "decision_ground",
            "category",
            "source_type",
            "automated_decision",
        ] %}
            select puid, '{{ column }}' as field, {{ column }} as code
            from actions
            where {{ column }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    )
select used.puid, used.field, used.code
from used
left join
    removal_codes on removal_codes.field = used.field and removal_codes.code = used.code
where removal_codes.code is null
