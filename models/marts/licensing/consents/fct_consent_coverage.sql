-- One row per month, partner, party in its repertoire, kind of object and use type: the
-- part of the repertoire with a decision at the end of the month, by objects and by the
-- plays of their derivatives. The party is the partner itself, an owner (member, label,
-- publisher), or a main artist or writer; makers without a decision and without a use
-- are left out. If decisions differ, one denial makes the object denied.
with
    consents as (
        select *
        from {{ ref("fct_partner_consents") }}
        where is_in_force and proof_kind = 'decision'
    ),
    contributors_listed as (
        select distinct object_type, object_id, party_id
        from {{ ref("int_partners__contributors_listed") }}
        where voice in ('artist', 'writer')
    ),
    uses as (select * from {{ ref("fct_use_groups") }} where exclusion_reason is null),
    months as (
        select
            report_month,
            cast(
                cast(report_month + interval 1 month as date) as {{ t_ts() }}
            ) as ends_at
        from {{ ref("fct_statements") }}
        group by report_month
    ),
    resolutions as (
        select
            consents.report_month,
            consents.partner_id,
            decided.object_type,
            decided.object_id,
            consents.use_type,
            bool_and(consents.decision = 'allow') as is_allowed
        from consents
        inner join
            {{ ref("int_partners__objects_decided") }} as decided
            on decided.decision_id = consents.decision_id
            and decided.recorded_at = consents.recorded_at
        group by all
    ),
    owned as (
        select distinct
            months.report_month,
            objects_matched.partner_id,
            objects_matched.object_type,
            objects_matched.object_id,
            objects_matched.owner_party_id,
            resolutions.is_allowed as is_allowed_in_general
        from months
        inner join
            {{ ref("int_partners__objects_matched") }} as objects_matched
            on objects_matched.valid_from < months.ends_at
            and coalesce(objects_matched.valid_to, {{ always_to() }}) >= months.ends_at
        left join
            resolutions
            on resolutions.report_month = months.report_month
            and resolutions.partner_id = objects_matched.partner_id
            and resolutions.object_type = objects_matched.object_type
            and resolutions.object_id = objects_matched.object_id
            and resolutions.use_type = '*'
    ),
    repertoire as (
        select distinct
            report_month, partner_id, object_type, object_id, is_allowed_in_general
        from owned
    ),
    use_types as (
        select distinct use_type
        from uses
        union
        select distinct use_type
        from consents
        where use_type <> '*'
    ),
    played as (
        select
            usage_month as report_month,
            case side when 'MASTER' then 'recording' else 'work' end as object_type,
            object_id,
            use_type,
            sum(weight_nano) as weight_nano
        from uses
        where object_id is not null
        group by all
    ),
    -- Few objects have a use, or a decision on one use type; all others need no type.
    mentioned as (
        select report_month, object_type, object_id, use_type
        from played
        union
        select report_month, object_type, object_id, use_type
        from resolutions
        where use_type <> '*'
    ),
    objects as (
        select
            report_month,
            partner_id,
            object_type,
            object_id,
            repertoire.is_allowed_in_general,
            use_type,
            played.weight_nano,
            -- A denial of either kind denies; an absent decision leaves the other.
            coalesce(
                repertoire.is_allowed_in_general and resolutions.is_allowed,
                repertoire.is_allowed_in_general,
                resolutions.is_allowed
            ) as is_allowed
        from repertoire
        inner join mentioned using (report_month, object_type, object_id)
        left join played using (report_month, object_type, object_id, use_type)
        left join
            resolutions using (
                report_month, partner_id, object_type, object_id, use_type
            )
    ),
    parties as (
        select *, 'partner' as party_kind, partner_id as party_id
        from repertoire
        union all
        select
            report_month,
            partner_id,
            object_type,
            object_id,
            is_allowed_in_general,
            'owner' as party_kind,
            owner_party_id as party_id
        from owned
        union all
        select
            repertoire.*,
            case
                when repertoire.object_type = 'work' then 'writer' else 'main_artist'
            end as party_kind,
            contributors_listed.party_id
        from repertoire
        inner join
            contributors_listed
            on contributors_listed.object_type = repertoire.object_type
            and contributors_listed.object_id = repertoire.object_id
    ),
    {%- set party = "report_month, partner_id, party_kind, party_id, object_type" %}
    counted as (
        select
            {{ party }},
            count(*) as object_count,
            count(is_allowed_in_general) as decided_object_count,
            count(*) filter (where is_allowed_in_general) as allowed_object_count
        from parties
        group by all
    ),
    figures as (
        select
            {{ party }},
            objects.use_type,
            count(objects.is_allowed)
            - count(objects.is_allowed_in_general) as further_decided_count,
            count(*) filter (where objects.is_allowed) - count(*) filter (
                where objects.is_allowed_in_general
            ) as further_allowed_count,
            sum(objects.weight_nano) as weight_nano,
            sum(objects.weight_nano) filter (
                where objects.is_allowed is not null
            ) as decided_weight_nano,
            sum(objects.weight_nano) filter (
                where objects.is_allowed
            ) as allowed_weight_nano
        from parties
        inner join objects using (report_month, partner_id, object_type, object_id)
        group by all
    )
select
    cast(report_month as date) as report_month,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(party_kind as {{ t_str() }}) as party_kind,
    cast(party_id as {{ t_str() }}) as party_id,
    cast(object_type as {{ t_str() }}) as object_type,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(object_count as {{ t_bigint() }}) as object_count,
    {%- for count in ["decided", "allowed"] %}
        cast(
            counted.{{ count }}_object_count
            + coalesce(figures.further_{{ count }}_count, 0) as {{ t_bigint() }}
        ) as {{ count }}_object_count,
    {%- endfor %}
    {%- for weight in ["weight_nano", "decided_weight_nano", "allowed_weight_nano"] %}
        cast(
            round(coalesce(figures.{{ weight }}, 0), 0) as {{ t_dec(38, 0) }}
        ) as {{ weight }}{{ "," if not loop.last }}
    {%- endfor %}
from counted
cross join use_types
left join figures using ({{ party }}, use_type)
where
    party_kind in ('partner', 'owner')
    or counted.decided_object_count + coalesce(figures.further_decided_count, 0) > 0
    or figures.weight_nano is not null
