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
    objects_matched as (select * from {{ ref("int_partners__objects_matched") }}),
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
    owned as (
        select distinct
            months.report_month,
            objects_matched.partner_id,
            objects_matched.owner_party_id,
            objects_matched.object_type,
            objects_matched.object_id
        from months
        inner join
            objects_matched
            on objects_matched.valid_from < months.ends_at
            and coalesce(objects_matched.valid_to, {{ always_to() }}) >= months.ends_at
    ),
    repertoire as (
        select distinct report_month, partner_id, object_type, object_id from owned
    ),
    use_types as (
        select distinct use_type
        from uses
        union
        select distinct use_type
        from consents
        where use_type <> '*'
    ),
    resolutions as (
        select
            consents.report_month,
            consents.partner_id,
            decided.object_type,
            decided.object_id,
            use_types.use_type,
            bool_and(consents.decision = 'allow') as is_allowed
        from consents
        inner join
            {{ ref("int_partners__objects_decided") }} as decided
            on decided.decision_id = consents.decision_id
            and decided.recorded_at = consents.recorded_at
        inner join use_types on consents.use_type in (use_types.use_type, '*')
        group by all
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
    -- Most objects have neither a decision nor a use; only the others need the type.
    mentioned as (
        select report_month, object_type, object_id, use_type
        from played
        union
        select report_month, object_type, object_id, use_type
        from resolutions
    ),
    objects_known as (
        select
            report_month,
            partner_id,
            object_type,
            object_id,
            use_type,
            weight_nano,
            is_allowed
        from repertoire
        inner join mentioned using (report_month, object_type, object_id)
        left join played using (report_month, object_type, object_id, use_type)
        left join
            resolutions using (
                report_month, partner_id, object_type, object_id, use_type
            )
    ),
    -- The parties of each object of the repertoire, in each role.
    parties as (
        select *, 'partner' as party_kind, partner_id as party_id
        from repertoire
        union all
        select
            report_month,
            partner_id,
            object_type,
            object_id,
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
    counted as (
        select
            report_month,
            partner_id,
            party_kind,
            party_id,
            object_type,
            count(*) as object_count
        from parties
        group by all
    ),
    figures as (
        select
            report_month,
            partner_id,
            party_kind,
            party_id,
            object_type,
            use_type,
            count(is_allowed) as decided_object_count,
            count(*) filter (where is_allowed) as allowed_object_count,
            sum(weight_nano) as weight_nano,
            sum(weight_nano) filter (
                where is_allowed is not null
            ) as decided_weight_nano,
            sum(weight_nano) filter (where is_allowed) as allowed_weight_nano
        from parties
        inner join
            objects_known using (report_month, partner_id, object_type, object_id)
        group by all
    )
select
    cast(counted.report_month as date) as report_month,
    cast(counted.partner_id as {{ t_str() }}) as partner_id,
    cast(counted.party_kind as {{ t_str() }}) as party_kind,
    cast(counted.party_id as {{ t_str() }}) as party_id,
    cast(counted.object_type as {{ t_str() }}) as object_type,
    cast(use_types.use_type as {{ t_str() }}) as use_type,
    cast(counted.object_count as {{ t_bigint() }}) as object_count,
    {%- for count in ["decided_object_count", "allowed_object_count"] %}
        cast(coalesce(figures.{{ count }}, 0) as {{ t_bigint() }}) as {{ count }},
    {%- endfor %}
    {%- for weight in ["weight_nano", "decided_weight_nano", "allowed_weight_nano"] %}
        cast(
            round(coalesce(figures.{{ weight }}, 0), 0) as {{ t_dec(38, 0) }}
        ) as {{ weight }}{{ "," if not loop.last }}
    {%- endfor %}
from counted
cross join use_types
left join
    figures
    on figures.report_month = counted.report_month
    and figures.partner_id = counted.partner_id
    and figures.party_kind = counted.party_kind
    and figures.party_id = counted.party_id
    and figures.object_type = counted.object_type
    and figures.use_type = use_types.use_type
where
    counted.party_kind in ('partner', 'owner')
    or figures.decided_object_count > 0
    or figures.weight_nano is not null
