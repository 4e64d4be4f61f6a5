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
    decided as (select * from {{ ref("int_partners__objects_decided") }}),
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
            consents.use_type,
            bool_and(consents.decision = 'allow') as is_allowed
        from consents
        inner join
            decided
            on decided.decision_id = consents.decision_id
            and decided.recorded_at = consents.recorded_at
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
    objects as (
        select
            repertoire.report_month,
            repertoire.partner_id,
            repertoire.object_type,
            repertoire.object_id,
            use_types.use_type,
            bool_and(resolutions.is_allowed) as is_allowed,
            count(resolutions.object_id) > 0 as is_decided
        from repertoire
        cross join use_types
        left join
            resolutions
            on resolutions.report_month = repertoire.report_month
            and resolutions.partner_id = repertoire.partner_id
            and resolutions.object_type = repertoire.object_type
            and resolutions.object_id = repertoire.object_id
            and resolutions.use_type in (use_types.use_type, '*')
        group by all
    ),
    weighed as (
        select objects.*, played.weight_nano
        from objects
        left join
            played
            on played.report_month = objects.report_month
            and played.object_type = objects.object_type
            and played.object_id = objects.object_id
            and played.use_type = objects.use_type
    ),
    by_party as (
        select 'partner' as party_kind, partner_id as party_id, weighed.*
        from weighed
        union all
        select 'owner' as party_kind, owned.owner_party_id as party_id, weighed.*
        from weighed
        inner join
            owned
            on owned.report_month = weighed.report_month
            and owned.partner_id = weighed.partner_id
            and owned.object_type = weighed.object_type
            and owned.object_id = weighed.object_id
        union all
        select
            case
                when weighed.object_type = 'work' then 'writer' else 'main_artist'
            end as party_kind,
            contributors_listed.party_id,
            weighed.*
        from weighed
        inner join
            contributors_listed
            on contributors_listed.object_type = weighed.object_type
            and contributors_listed.object_id = weighed.object_id
    )
select
    cast(report_month as date) as report_month,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(party_kind as {{ t_str() }}) as party_kind,
    cast(party_id as {{ t_str() }}) as party_id,
    cast(object_type as {{ t_str() }}) as object_type,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(count(*) as {{ t_bigint() }}) as object_count,
    cast(
        count(*) filter (where is_decided) as {{ t_bigint() }}
    ) as decided_object_count,
    cast(
        count(*) filter (where is_allowed) as {{ t_bigint() }}
    ) as allowed_object_count,
    cast(round(coalesce(sum(weight_nano), 0), 0) as {{ t_dec(38, 0) }}) as weight_nano,
    cast(
        round(
            coalesce(sum(case when is_decided then weight_nano end), 0), 0
        ) as {{ t_dec(38, 0) }}
    ) as decided_weight_nano,
    cast(
        round(
            coalesce(sum(case when is_allowed then weight_nano end), 0), 0
        ) as {{ t_dec(38, 0) }}
    ) as allowed_weight_nano
from by_party
group by report_month, partner_id, party_kind, party_id, object_type, use_type
having
    party_kind in ('partner', 'owner')
    or count(*) filter (where is_decided) > 0
    or count(weight_nano) > 0
