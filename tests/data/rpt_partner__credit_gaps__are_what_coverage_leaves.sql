-- The names in a partner's list of gaps are those that its coverage counts as missing;
-- a difference means that a name is lost or listed twice.
with
    covered as (
        select
            partner_id,
            report_month,
            sum(required_credit_count - shown_credit_count) as lacking_count
        from {{ ref("rpt_partner__credit_coverage") }}
        group by partner_id, report_month
    ),
    listed as (
        select partner_id, report_month, count(party_id) as gap_count
        from {{ ref("rpt_partner__credit_gaps") }}
        group by partner_id, report_month
    )
select covered.partner_id, covered.report_month, covered.lacking_count, listed.gap_count
from covered
left join
    listed
    on listed.partner_id = covered.partner_id
    and listed.report_month = covered.report_month
where covered.lacking_count <> coalesce(listed.gap_count, 0)
