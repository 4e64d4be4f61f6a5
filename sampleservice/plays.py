"""Writes daily plays of derivatives: few of them have most of the plays, and some plays are bought.

The rows are made per day and block of derivatives, so that memory does not grow with their number.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sampleservice.files import Landing, chosen, dates, ids, table, times
from sampleservice.randomness import Draws, Flags, Floats, Ints
from sampleservice.usage import Published
from sampleservice.world import (
    DAY,
    HOUR,
    MINUTE,
    SEASON,
    TIER_WEIGHTS,
    TIERS,
    WEEKDAY,
    Month,
    World,
)

FEED = "ai_usage/derivative_plays"
BLOCK = 8_000
FILE_ROWS = 1_000_000
CSV_ROWS = 30_000
LATE = 0.004
AGAIN = 0.003
# The days for which a cache still serves a removed derivative.
SERVED_DAYS = 4


@dataclass(frozen=True)
class _Audience:
    """Derivatives as arrays, and the distribution of their plays over territories and tiers."""

    number: Ints
    ids: pl.Series
    day: Ints
    last_day: Ints
    daily: Floats
    home: Ints
    is_farmed: Flags
    cells: Floats
    home_cells: Floats
    removed_day: int

    def alive(self, day: int, start: int, end: int) -> Ints:
        """Positions from start to before end whose derivatives can be played on a day."""
        block = slice(start, end)
        return start + np.flatnonzero((self.day[block] < day) & (day <= self.last_day[block]))

    def rates(self, some: Ints, day: int, lift: float) -> Floats:
        """Expected plays of some derivatives per territory and tier on a day."""
        fading = 0.35 + 0.65 * np.exp2((self.day[some] - day) / 21.0)
        daily = self.daily[some] * fading * lift
        return daily[:, None] * (0.55 * self.cells + 0.45 * self.home_cells[self.home[some]])


class _Files:
    """Collects rows and writes a file whenever there are enough."""

    def __init__(self, landing: Landing, month: Month, *, is_late: bool) -> None:
        self.landing = landing
        self.is_late = is_late
        self.name = f"{month.label}_late" if is_late else month.label
        self.frames: list[pl.DataFrame] = []
        self.rows = self.again = self.faulty = self.parts = 0

    def add(self, rows: pl.DataFrame, again: int = 0, faulty: int = 0) -> None:
        self.frames.append(rows)
        self.rows += rows.height
        self.again += again
        self.faulty += faulty
        if self.rows >= FILE_ROWS:
            self.flush()

    def flush(self) -> None:
        if not self.rows:
            return
        self.parts += 1
        form = "csv.gz" if self.rows < CSV_ROWS and self.parts == 1 else "parquet"
        name, rows = f"{self.name}_{self.parts:03d}.{form}", pl.concat(self.frames)
        if self.is_late:
            self.landing.gather(FEED, name, rows, together="late.parquet")
        else:
            self.landing.write(FEED, name, rows, quarantined=self.faulty, duplicates=self.again)
        self.frames, self.rows, self.again, self.faulty = [], 0, 0, 0


def write_plays(world: World, published: Published, landing: Landing) -> dict[str, list[str]]:
    """Write the plays of every month; returns the ids of the planted stories."""
    still_played = _still_played(world, published)
    audience = _audience(world, published, still_played)
    thinning = _thinning(world, audience)
    viral = published.stories["viral"]
    farm = published.stories["fraud_found_late"]
    viral_month = 3 if world.month(3) else 1
    reviewed: list[pl.DataFrame] = []
    for month in world.months:
        on_time = _Files(landing, month, is_late=False)
        late = _Files(landing, month, is_late=True)
        lift = SEASON[month.number - 1]
        for day in range(month.days):
            today = month.start // DAY + day
            weekday = WEEKDAY[(month.first.weekday() + day) % 7]
            for start in range(0, len(audience.number), BLOCK):
                alive = audience.alive(today, start, start + BLOCK)
                draws = Draws(world.seed, "plays", today, start)
                rates = audience.rates(alive, today, lift * weekday)
                if month.number == viral_month and 8 <= day < 16:
                    rates[audience.number[alive] == viral] *= 150.0
                if still_played is not None:
                    gone = audience.number[alive] == still_played
                    rates[gone] *= np.where(today >= audience.removed_day, 150.0, 1.0)
                rows = _rows(world, draws, audience, alive, today, rates, thinning)
                if month.number == 2 and farm in audience.number[alive]:
                    reviewed.append(_found_out(rows, farm))
                _sort_out(world, draws, rows, today, on_time, late)
        _add_faults(on_time, month)
        on_time.flush()
        late.flush()
    stories = {"viral_spike": [f"drv-{viral:07d}", f"2026-{viral_month:02d}"]}
    if still_played is not None:
        stories["played_after_removal"] = [f"drv-{still_played:07d}"]
    if world.month(4) and reviewed:
        recorded = pl.lit(world.at(4, 12)).cast(pl.Datetime("us", "UTC"))
        landing.write(
            FEED,
            "2026-04_fraud_review_of_2026-02.csv",
            pl.concat(reviewed).with_columns(recorded_at=recorded),
        )
        stories["fraud_found_late"] = [f"drv-{farm:07d}", "2026-02", "2026-04-12"]
    return stories


def _still_played(world: World, published: Published) -> int | None:
    """A derivative that one cache still serves for days after its removal everywhere."""
    numbers, removed = published.whole("removed_number"), published.whole("removed_at")
    heard = published.whole("number")[published.whole("yearly_plays") > 0]
    for month in world.months[1:]:
        inside = (removed >= month.start) & (removed < month.end - (SERVED_DAYS + 1) * DAY)
        firsts = numbers[inside][:2]
        found = firsts[np.isin(firsts, heard)]
        if len(found):
            return int(found[0])
    return None


def _audience(world: World, published: Published, still_played: int | None) -> _Audience:
    weights = np.array([place.weight for place in world.territories])
    tiers = np.array(TIER_WEIGHTS)
    played = np.flatnonzero(published.whole("yearly_plays"))
    number = published.whole("number")[played]
    last_day = published.whole("last_day")[played]
    gone = number == still_played
    removed_day = int(last_day[gone][0]) if gone.any() else 0
    last_day = np.where(gone, last_day + SERVED_DAYS, last_day)
    return _Audience(
        number=number,
        ids=ids("drv-", number, 7),
        day=published.whole("day")[played],
        last_day=last_day,
        daily=published.whole("yearly_plays")[played] / 365.0,
        home=published.whole("home")[played],
        is_farmed=published.whole("is_farmed")[played],
        cells=np.kron(weights / weights.sum(), tiers),
        home_cells=np.kron(np.eye(len(weights)), tiers),
        removed_day=removed_day,
    )


def _thinning(world: World, audience: _Audience) -> float:
    """The factor on the rate of rows with which their number matches the scale."""
    months = len(world.months)
    target = world.size("ai_usage/derivative_plays", 1_500_000 / 12 * months)
    # Derivatives are similar, so a sample represents all, and one day of each fortnight the period.
    count = len(audience.number)
    sample = np.linspace(0, count - 1, min(count, 4_000)).astype(np.int64)
    step = 14
    first, last = world.start // DAY, world.end // DAY
    days = range(first + step // 2, last, step)
    factor = count / len(sample) * (last - first) / len(days)
    rates = np.concatenate(
        [
            audience.rates(np.intersect1d(sample, audience.alive(day, 0, count)), day, 1.0).ravel()
            for day in days
        ]
    )
    low, high = 1e-6, 1e6
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        rows = factor * float(np.sum(-np.expm1(-rates * middle)))
        low, high = (middle, high) if rows < target else (low, middle)
    return low


def _rows(
    world: World,
    draws: Draws,
    audience: _Audience,
    alive: Ints,
    today: int,
    rates: Floats,
    thinning: float,
) -> pl.DataFrame:
    """The day's rows of a block: one per derivative, territory and tier with plays."""
    seen = draws.units_small(rates.shape) < -np.expm1(-rates * thinning)
    derivative, cell = np.nonzero(seen)
    count = len(derivative)
    expected = rates[derivative, cell]
    wobble = 0.5 + draws.units(count)
    plays = np.maximum(1, (expected * wobble + 0.5).astype(np.int64))
    farmed = audience.is_farmed[alive][derivative]
    caught = draws.chance(0.06, count)
    part = np.where(farmed, 0.72 + 0.16 * draws.units(count), 0.3 + 0.4 * draws.units(count))
    artificial = np.where(farmed | caught, (plays * part + 0.5).astype(np.int64), 0)
    tiers = len(TIERS)
    codes = [place.code for place in world.territories]
    return table(
        {
            "play_date": dates(np.full(count, today)),
            "derivative_id": audience.ids.gather(alive[derivative]),
            "territory": chosen(codes, cell // tiers),
            "tier": chosen(list(TIERS), cell % tiers),
            "plays": plays,
            "short_plays": (plays * draws.units(count) * 0.4).astype(np.int64),
            "artificial_plays": np.minimum(artificial, plays),
            "seconds": plays * (60 + draws.ints(0, 140, count)),
            "listeners": np.maximum(1, (plays * (0.4 + 0.5 * draws.units(count))).astype(np.int64)),
            "recorded_at": times(np.full(count, (today + 1) * DAY + 6 * HOUR)),
        }
    )


def _found_out(rows: pl.DataFrame, farm: int) -> pl.DataFrame:
    """The rows of the late-detected farm after the review: nine plays in ten are bought."""
    found = rows.filter(pl.col("derivative_id") == f"drv-{farm:07d}")
    return found.with_columns(artificial_plays=pl.col("plays") * 9 // 10)


def _sort_out(
    world: World, draws: Draws, rows: pl.DataFrame, today: int, on_time: _Files, late: _Files
) -> None:
    """Move four rows in a thousand to a delivery weeks later, and repeat three."""
    is_late = draws.chance(LATE, rows.height)
    late_rows = rows.filter(is_late)
    recorded = (today + draws.ints(8, 40, late_rows.height)) * DAY + 7 * HOUR
    late.add(late_rows.with_columns(recorded_at=times(np.minimum(recorded, world.last_knowledge))))
    normal = rows.filter(~is_late)
    again = normal.filter(draws.chance(AGAIN, normal.height))
    on_time.add(pl.concat([normal, again]), again=again.height)


def _add_faults(files: _Files, month: Month) -> None:
    """Three rows that the intake must reject: negative, more bought than played, no territory."""
    faulty = table(
        {
            "play_date": dates(np.full(3, month.start // DAY)),
            "derivative_id": [f"drv-faulty-{month.label}-{n}" for n in range(3)],
            "territory": ["US", "GB", "ZZ"],
            "tier": TIERS[0],
            "plays": np.array([-5, 10, 10]),
            "short_plays": np.zeros(3, dtype=np.int64),
            "artificial_plays": np.array([0, 11, 0]),
            "seconds": np.full(3, 600),
            "listeners": np.full(3, 1),
            "recorded_at": times(np.full(3, month.start + DAY + 6 * HOUR + MINUTE)),
        }
    )
    files.add(faulty, faulty=3)
