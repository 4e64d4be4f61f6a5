-- One row per quarter and payout currency with earnings of recordings from derivatives:
-- their distribution over main artists. Several main artists of a recording have equal
-- shares. Negative sums after corrections count as zero.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    line_types as (select * from {{ ref("dim_line_types") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    credits as (
        select distinct recordings.recording_id, artists.item as party_id
        from
            recordings
            {{ explode_list(split_list("recordings.main_artist_ids", "|"), "artists") }}
    ),
    artist_counts as (
        select recording_id, count(*) as artist_count from credits group by all
    ),
    earned as (
        select
            cast(date_trunc('quarter', lines.usage_month) as date) as quarter_date,
            lines.currency_code,
            lines.object_id as recording_id,
            sum(lines.amount) as amount
        from lines
        inner join line_types on line_types.line_type = lines.line_type
        where
            line_types.is_earning
            and lines.side = 'MASTER'
            and lines.object_id is not null
            and lines.contract_id is not null
        group by all
    ),
    by_artist as (
        select
            earned.quarter_date,
            earned.currency_code,
            credits.party_id,
            greatest(
                sum({{ div_round("earned.amount", "artist_counts.artist_count", 6) }}),
                cast(0 as {{ t_dec(34, 6) }})
            ) as amount
        from earned
        inner join credits on credits.recording_id = earned.recording_id
        inner join artist_counts on artist_counts.recording_id = earned.recording_id
        group by all
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by quarter_date, currency_code order by amount, party_id
            ) as rank_from_least,
            count(*) over (partition by quarter_date, currency_code) as artist_count
        from by_artist
    ),
    summed as (
        select
            quarter_date,
            currency_code,
            max(artist_count) as artist_count,
            -- One per cent of the artists, at least one.
            max({{ int_div("artist_count + 99", "100") }}) as top_artist_count,
            sum(amount) as amount,
            sum(
                case
                    when
                        rank_from_least
                        > artist_count - {{ int_div("artist_count + 99", "100") }}
                    then amount
                    else cast(0 as {{ t_dec(34, 6) }})
                end
            ) as top_amount,
            sum(
                cast(rank_from_least as {{ t_dec(10, 0) }})
                * cast(amount as {{ t_dec(24, 2) }})
            ) as ranked_amount,
            sum(cast(amount as {{ t_dec(24, 2) }})) as rounded_amount
        from ranked
        group by all
    )
select
    cast(quarter_date as date) as quarter_date,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(artist_count as {{ t_bigint() }}) as artist_count,
    cast(top_artist_count as {{ t_bigint() }}) as top_artist_count,
    cast(amount as {{ t_dec(24, 3) }}) as earned_amount,
    cast(top_amount as {{ t_dec(24, 3) }}) as top_artist_amount,
    cast(
        {{ div_round("top_amount", "amount", 4) }} as {{ t_dec(18, 4) }}
    ) as top_artist_share,
    cast(
        {{
            div_round(
                "2 * ranked_amount - (artist_count + 1) * rounded_amount",
                "artist_count * rounded_amount",
                4,
            )
        }} as {{ t_dec(18, 4) }}
    ) as gini_rate
from summed
