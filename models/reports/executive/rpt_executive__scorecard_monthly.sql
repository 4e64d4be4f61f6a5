-- One row per month, principle and figure of the four principles: consent, credit,
-- compensation, connection. The figures are the metrics of the same names.
with
    lines as (
        select * from {{ ref("fct_compensation_lines") }} where line_type = 'USAGE'
    ),
    line_sums as (
        select
            report_month,
            sum(
                case
                    when
                        contract_id is not null
                        and hold_bucket is null
                        and (
                            consent_proof_id is not null
                            or consent_status = 'contract_default'
                        )
                    then 1
                    else 0
                end
            ) as proven_line_count,
            sum(
                case
                    when contract_id is not null and hold_bucket is null then 1 else 0
                end
            ) as paid_line_count,
            sum(
                case when hold_bucket = 'CONSENT' then quantity else 0 end
            ) as unconsented_uses,
            sum(
                case
                    when
                        hold_bucket is null
                        or hold_bucket
                        not in ('UNMATCHED', 'UNATTRIBUTED', 'UNCLAIMED', 'UNROUTED')
                    then weight_nano
                    else 0
                end
            ) as matched_use_weight,
            sum(weight_nano) as use_weight
        from lines
        group by report_month
    ),
    trace_sums as (
        select
            report_month,
            sum(case when is_traced then minor_units else 0 end) as traced_minor_units,
            sum(minor_units) as minor_units
        from {{ ref("fct_line_traces") }}
        group by report_month
    ),
    credit_sums as (
        select
            report_month,
            count(
                distinct case when is_fully_credited then derivative_id end
            ) as covered,
            count(distinct derivative_id) as derivatives
        from {{ ref("fct_derivative_credits") }}
        group by report_month
    ),
    fan_sums as (
        select
            month as report_month,
            sum(derivative_listener_count) as derivative_listeners,
            sum(source_listener_within_7_days_count) as source_listeners,
            sum(new_fan_count) as new_fans
        from {{ ref("fct_fan_connection") }}
        group by month
    ),
    figures as (
        select
            report_month,
            'consent' as principle,
            'consent_proof_rate' as metric_name,
            proven_line_count as numerator,
            paid_line_count as denominator
        from line_sums
        union all
        select report_month, 'consent', 'unconsented_uses', unconsented_uses, null
        from line_sums
        union all
        select report_month, 'credit', 'credit_coverage', covered, derivatives
        from credit_sums
        union all
        select
            report_month, 'compensation', 'match_rate', matched_use_weight, use_weight
        from line_sums
        union all
        select
            report_month,
            'compensation',
            'trace_completeness',
            traced_minor_units,
            minor_units
        from trace_sums
        union all
        select
            report_month,
            'connection',
            'derivative_to_source_conversion',
            source_listeners,
            derivative_listeners
        from fan_sums
        union all
        select report_month, 'connection', 'new_fan_rate', new_fans, source_listeners
        from fan_sums
    )
select
    cast(report_month as date) as report_month,
    cast(principle as {{ t_str() }}) as principle,
    cast(metric_name as {{ t_str() }}) as metric_name,
    cast(numerator as {{ t_dec(38, 0) }}) as numerator,
    cast(denominator as {{ t_dec(38, 0) }}) as denominator
from figures
where numerator is not null
