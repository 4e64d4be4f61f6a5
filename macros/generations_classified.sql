{#- Generations of a relation with the reason that excludes each, if any. Tests, failed
    and blocked ones are excluded first; of the rest only the latest row per idempotency
    key counts (E49). Two models use it: for data known now, and for data known when a
    month was first issued; `issued_month` is then the column of that month, by which
    generations are compared, and whose own are in the result. -#}
{% macro generations_classified(generations, issued_month=none) -%}
    with
        generations as (select * from {{ generations }}),
        products as (select * from {{ ref("stg_licensing__products") }}),
        territories as (select * from {{ ref("territories") }}),
        month_starts as (select * from {{ ref("stg_calendar__month_starts") }}),
        described as (
            select
                generations.*,
                {{ local_month("generations.occurred_at", "month_starts") }}
                as usage_month,
                products.weight_basis,
                case
                    when generations.is_test
                    then 'test'
                    when generations.status <> 'completed'
                    then generations.status
                    when products.product_id is null
                    then 'unknown_product'
                    when territories.territory is null
                    then 'unknown_territory'
                    when generations.occurred_at < products.launched_at
                    then 'before_launch'
                end as reason
            from generations
            left join products on products.product_id = generations.product_id
            left join territories on territories.territory = generations.territory
            left join
                month_starts
                on month_starts.time_zone = territories.reporting_time_zone
                and month_starts.month
                = cast(date_trunc('month', generations.occurred_at) as date)
        ),
        ranked as (
            select
                described.*,
                row_number() over (
                    partition by
                        {% if issued_month %} {{ issued_month }}, {% endif %}
                        idempotency_key,
                        case when reason is null then 1 else 0 end
                    order by recorded_at desc, occurred_at desc, generation_id desc
                ) as retry_rank
            from described
        )
    select
        generation_id,
        idempotency_key,
        occurred_at,
        usage_month,
        product_id,
        weight_basis,
        model_version,
        use_type,
        territory,
        tier,
        status,
        block_reason,
        source_recording_ids,
        derivative_id,
        first_recorded_at,
        first_known_from,
        case
            when reason is not null then reason when retry_rank > 1 then 'retry'
        end as exclusion_reason
    from ranked
    {% if issued_month %} where usage_month = {{ issued_month }} {% endif %}
{%- endmacro %}
