-- Where a total is shown, what is hidden under it is two territories or more and 10
-- people or more; if not, the total less what is shown tells a small figure: stop the
-- delivery.
with
    signals_matched as (select * from {{ ref("int_fans__signals_matched") }}),
    suppressed as (
        select *
        from {{ ref("int_fans__audiences_suppressed") }}
        where measure = 'derivative_listener_count'
    ),
    totals as (
        select partner_id, month, recording_id
        from suppressed
        where territory = 'WW' and shown_count is not null
    ),
    hidden as (
        select
            signals_matched.partner_id,
            signals_matched.month,
            signals_matched.recording_id,
            count(*) as hidden_count,
            sum(signals_matched.derivative_listener_count) as people_count
        from signals_matched
        inner join
            suppressed
            on suppressed.partner_id = signals_matched.partner_id
            and suppressed.month = signals_matched.month
            and suppressed.recording_id = signals_matched.recording_id
            and suppressed.territory = signals_matched.territory
        where suppressed.shown_count is null
        group by all
    )
select hidden.partner_id, hidden.month, hidden.recording_id
from hidden
inner join
    totals
    on totals.partner_id = hidden.partner_id
    and totals.month = hidden.month
    and totals.recording_id = hidden.recording_id
where hidden.hidden_count < 2 or hidden.people_count < 10
