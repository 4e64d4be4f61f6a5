-- One row per compensation line of a partner's statement, payable or held.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    contracts as (select * from {{ ref("dim_contracts") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    products as (select * from {{ ref("dim_products") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }})
    {%- set required = "concat('|', contracts.required_parties, '|')" %}
select
    lines.partner_id,
    lines.report_month,
    cast(
        lines.contract_id
        || '|'
        || {{ month_text("lines.report_month") }} as {{ t_str() }}
    ) as statement_id,
    lines.contract_id,
    lines.contract_version,
    lines.member_party_id,
    cast(members.party_name as {{ t_str() }}) as member_name,
    lines.line_id,
    lines.line_type,
    lines.pool_id,
    lines.usage_month,
    lines.territory,
    lines.product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    lines.tier,
    lines.side,
    lines.object_id,
    lines.isrc,
    cast(
        case
            when lines.side = 'MASTER' then recordings.title else works.title
        end as {{ t_str() }}
    ) as title,
    cast(recordings.artist_names as {{ t_str() }}) as artist_names,
    lines.owner_party_id,
    cast(owners.party_name as {{ t_str() }}) as owner_name,
    lines.quantity,
    lines.weight_nano,
    lines.amount,
    lines.currency_code,
    lines.hold_bucket,
    lines.consent_status,
    lines.consent_proof_id,
    lines.original_line_id,
    cast(works.iswc as {{ t_str() }}) as iswc,
    cast(recordings.upc as {{ t_str() }}) as upc,
    -- The catalogue's names of each party whose consent the contract requires.
    cast(
        case
            when lines.hold_bucket = 'CONSENT'
            then
                nullif(
                    concat_ws(
                        '; ',
                        case
                            when {{ required }} like '%|owner|%'
                            then coalesce(owners.party_name, lines.owner_party_id)
                        end,
                        case
                            when {{ required }} like '%|main_artist|%'
                            then recordings.artist_names
                        end,
                        case
                            when {{ required }} like '%|featured_artist|%'
                            then recordings.featured_artist_names
                        end,
                        case
                            when {{ required }} like '%|writer|%'
                            then works.writer_names
                        end
                    ),
                    ''
                )
        end as {{ t_str() }}
    ) as consent_required_from
from lines
left join
    contracts
    on contracts.contract_id = lines.contract_id
    and contracts.contract_version = lines.contract_version
left join parties as members on members.party_id = lines.member_party_id
left join parties as owners on owners.party_id = lines.owner_party_id
left join products on products.product_id = lines.product_id
left join
    recordings on lines.side = 'MASTER' and recordings.recording_id = lines.object_id
left join works on lines.side = 'WORK' and works.work_id = lines.object_id
where lines.partner_id is not null
