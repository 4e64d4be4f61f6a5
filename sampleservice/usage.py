"""Writes generations and their results: derivatives, attributions, credits.

`plays.py` writes plays of the derivatives, from the `Published` that this module returns.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sampleservice import codes
from sampleservice.batch import BLOCKED, COMPLETED, FAILED, NEVER, PRODUCTS, STATUSES, Batch
from sampleservice.catalog import PARTNERS, Catalog
from sampleservice.files import (
    Landing,
    blank_unless,
    chosen,
    decimals,
    ids,
    listed,
    no_times,
    table,
    times,
)
from sampleservice.licensing import Permissions
from sampleservice.randomness import Draws, Flags, Ints, spread
from sampleservice.stories import Planter
from sampleservice.usage_rows import (
    attribution_columns,
    earlier_attempts,
    faulty_requests,
    overweight_set,
    second_opinion,
    weights_of,
    yearly_plays_of,
)
from sampleservice.world import (
    DAY,
    HOUR,
    MINUTE,
    SEASON,
    SECOND,
    TIER_WEIGHTS,
    TIERS,
    WEEKDAY,
    Month,
    World,
)

PART = 200_000
PRODUCT_WEIGHTS = (0.44, 0.25, 0.19, 0.12)
REMIX, COVER, MASHUP, VOICE = range(4)
USE_TYPES = ["remix", "cover", "mashup", "voice_clone", "stem", "style", "lyric"]
BLOCK_REASONS = ["consent", "voice", "limit", "safety"]
# Requests by partner in the programme, with Merlin and Believe slightly above their shares.
REQUEST_SHARES = {"sony": 0.25, "umg": 0.36, "wmg": 0.20, "merlin": 0.10, "believe": 0.09}
LAUNCH_RUSH = 25.0


@dataclass
class Published:
    """Derivatives with plays, as parallel arrays."""

    number: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    last_day: list[Ints] = field(default_factory=list)
    yearly_plays: list[Ints] = field(default_factory=list)
    home: list[Ints] = field(default_factory=list)
    is_farmed: list[Flags] = field(default_factory=list)
    is_upload: list[Flags] = field(default_factory=list)
    removed_number: list[Ints] = field(default_factory=list)
    removed_at: list[Ints] = field(default_factory=list)
    removed_recording: list[Ints] = field(default_factory=list)
    stories: dict[str, int] = field(default_factory=dict)

    def whole(self, name: str) -> NDArray[Any]:
        """One of the arrays, over all parts."""
        return np.concatenate(getattr(self, name))


class UsageWriter:
    """Makes the generations month by month, and writes what follows from them."""

    def __init__(
        self, world: World, catalog: Catalog, permissions: Permissions, landing: Landing
    ) -> None:
        self.world = world
        self.catalog = catalog
        self.permissions = permissions
        self.landing = landing
        self.published = Published()
        self.stories: dict[str, list[str]] = {}
        self._late: dict[str, list[pl.DataFrame]] = {}
        self._clean = self._sources_by_partner()

    def write(self) -> Published:
        base = 1
        for month in self.world.months:
            share = SEASON[month.number - 1]
            count = self.world.size("ai_usage/generations", 40_000 / 12 * share, least=28)
            parts = -(-count // PART)
            for part, size in enumerate(spread(count, [1.0] * parts)):
                batch = self._draw(month, part, parts, size, base)
                self._write_batch(batch, part)
                base += size
        self._write_late()
        self._write_uploads()
        return self.published

    # Drawing

    def _sources_by_partner(self) -> tuple[Ints, Ints, Ints]:
        """Recordings that are usable from the start, per partner, in order of popularity."""
        draws = Draws(self.world.seed, "wanted")
        owner_partner = self.catalog.partner_numbers()
        clean = np.flatnonzero(self.permissions.is_clean)
        clean = clean[draws.shuffled(len(clean))]
        partner = owner_partner[self.catalog.recording_owner[clean]]
        order = np.argsort(partner, kind="stable")
        order = order[partner[order] >= 0]
        sizes = np.bincount(partner[order], minlength=len(PARTNERS))
        return clean[order], np.cumsum(sizes) - sizes, sizes

    def _draw(self, month: Month, part: int, parts: int, count: int, base: int) -> Batch:
        draws = Draws(self.world.seed, "generations", month.label, part)
        territory, moment = self._when_and_where(draws, month, part, parts, count)
        product = draws.pick(PRODUCT_WEIGHTS, count)
        other = draws.units(count)
        use_type = product.copy()
        use_type[(product == REMIX) & (other < 0.1)] = 4
        use_type[(product == REMIX) & (other > 0.95)] = 5
        use_type[(product == COVER) & (other < 0.04)] = 6
        sources = self._sources(draws, product, base, count)
        batch = Batch(
            month=month,
            base=base,
            moment=moment,
            product=product,
            use_type=use_type,
            territory=territory,
            tier=draws.pick(TIER_WEIGHTS, count),
            sources=sources,
            status=np.zeros(count, dtype=np.int64),
            block_reason=np.full(count, -1),
            is_test=draws.chance(0.005, count),
            is_late=draws.chance(0.004, count),
            parent=np.full(count, -1),
            is_published=np.zeros(count, dtype=bool),
            has_unknown_source=draws.chance(0.015, count),
            yearly_plays=yearly_plays_of(draws, count),
            removed_after_days=np.where(
                draws.chance(0.012, count), draws.ints(3, 40, count), NEVER
            ),
        )
        self._serve(draws, batch)
        plays_product = batch.product <= COVER
        batch.is_published = (
            (batch.status == COMPLETED)
            & ~batch.is_test
            & draws.chance(np.where(plays_product, 0.34, 0.02), count)
        )
        self._give_parents(draws, batch)
        if part == 0:
            self._plant(batch)
        return batch

    def _when_and_where(
        self, draws: Draws, month: Month, part: int, parts: int, count: int
    ) -> tuple[Ints, Ints]:
        """Local days and hours of the territory, as UTC, in chronological order."""
        places = self.world.territories
        territory = draws.pick([place.weight for place in places], count)
        offsets = np.array([place.utc_hours for place in places]) * HOUR
        weekdays = [WEEKDAY[(month.first.weekday() + day) % 7] for day in range(month.days)]
        if month.number == 1:
            weekdays[0] *= LAUNCH_RUSH
        day = draws.pick(weekdays, count)
        hours = 1 + 22 * np.sqrt(draws.units(count))
        seconds = (hours * 3_600).astype(np.int64)
        if parts > 1:
            day = (day + month.days * part) // parts
        moment = month.start + day * DAY + seconds * SECOND - offsets[territory]
        moment += draws.ints(0, 1_000, count) * 1_000
        order = np.argsort(moment, kind="stable")
        return territory[order], moment[order]

    def _sources(self, draws: Draws, product: Ints, base: int, count: int) -> Ints:
        """Up to four recordings per request, -1 for none."""
        values, starts, sizes = self._clean
        everything = self.catalog.uploads_from
        # A fixed stride over the partners' shares, so that even a small month has all of them.
        edges = np.cumsum([REQUEST_SHARES[partner] for partner in PARTNERS])
        spot = ((base + np.arange(count)) * 0.6180339887498949) % 1.0
        partner = np.minimum(np.searchsorted(edges / edges[-1], spot), len(PARTNERS) - 1)
        how_many = np.ones(count, dtype=np.int64)
        how_many[product == MASHUP] = 2 + draws.pick([0.6, 0.3, 0.1], count)[product == MASHUP]
        how_many[(product == REMIX) & draws.chance(0.12, count)] = 2
        sources = np.full((count, 4), -1, dtype=np.int64)
        for place in range(4):
            wanted = values[starts[partner] + draws.skewed(sizes[partner], 2.5, count)]
            unusual = draws.chance(0.05, count)
            wanted = np.where(unusual, draws.ints(0, everything, count), wanted)
            sources[:, place] = np.where(how_many > place, wanted, -1)
            partner = draws.pick([REQUEST_SHARES[name] for name in PARTNERS], count)
        for place in range(1, 4):
            for earlier in range(place):
                sources[sources[:, place] == sources[:, earlier], place] = -1
        return sources

    def _serve(self, draws: Draws, batch: Batch) -> None:
        """Block the requests that the products had to block; three in a hundred are missed."""
        count = len(batch)
        allowed = np.ones(count, dtype=bool)
        voice = batch.product == VOICE
        rules = self.permissions
        code = np.array([place.code for place in self.world.territories])[batch.territory]
        in_eu = np.isin(code, ["FR", "SE", "NL", "ES", "IT", "PL"])
        for place in range(4):
            source = batch.sources[:, place]
            since = np.where(voice, rules.voice_since[source], rules.since[source])
            until = np.where(voice, rules.voice_until[source], rules.until[source])
            fits = (since <= batch.moment) & (batch.moment < until)
            fits &= ~rules.only_eu_but_germany[source] | in_eu
            allowed &= (source < 0) | fits
        slipped = draws.chance(0.03, count)
        other = draws.units(count)
        batch.status[other < 0.02] = FAILED
        unsafe = (other > 0.99) & (batch.status == COMPLETED)
        refused = ~allowed & ~slipped & (batch.status == COMPLETED)
        batch.status[unsafe | refused] = BLOCKED
        batch.block_reason[unsafe] = 3
        batch.block_reason[refused] = np.where(voice[refused], 1, 0)

    def _give_parents(self, draws: Draws, batch: Batch) -> None:
        """Make some remixes from a remix that is already published."""
        out = np.flatnonzero(batch.is_published & (batch.product == REMIX))
        wants = draws.chance(0.03, len(batch)) & (batch.product == REMIX)
        wants &= batch.status == COMPLETED
        children = np.flatnonzero(wants)
        earlier = np.searchsorted(out, children)
        children, earlier = children[earlier > 0], earlier[earlier > 0]
        parents = out[(draws.units(len(children)) * earlier).astype(np.int64)] if len(out) else out
        known = batch.moment[parents] + 10 * MINUTE < batch.moment[children]
        children, parents = children[known], parents[known]
        batch.parent[children] = parents
        batch.sources[children] = batch.sources[parents]
        batch.has_unknown_source[children] = False

    # Stories

    def _plant(self, batch: Batch) -> None:
        """Plant the stories at the beginning of a month, each in a separate request."""
        planter = Planter(self.world, self.catalog)
        planter.plant(batch)
        batch.planted = planter.planted
        self.published.stories |= planter.kept
        for story, requests in planter.stories.items():
            self.stories.setdefault(story, []).extend(requests)

    # Writing

    def _write_batch(self, batch: Batch, part: int) -> None:
        label = f"{batch.month.label}_{part + 1:03d}"
        delay = Draws(self.world.seed, "delays", batch.month.label, part)
        recorded = batch.moment + delay.ints(20, 900, len(batch)) * SECOND
        late_by = delay.ints(12, 45, len(batch)) * DAY
        recorded = np.where(
            batch.is_late,
            np.minimum(batch.moment + late_by, self.world.last_knowledge),
            recorded,
        )
        self._write_generations(batch, label, recorded)
        made = np.flatnonzero(batch.status == COMPLETED)
        published_at = batch.moment + delay.ints(60, 600, len(batch)) * SECOND
        first_recorded = published_at + delay.ints(10, 300, len(batch)) * SECOND
        self._write_derivatives(batch, label, made, published_at, first_recorded)
        self._write_attributions(batch, label, made, first_recorded)
        self._write_credits(batch, label, published_at, first_recorded)
        self._remember_published(batch, published_at)

    def _write_generations(self, batch: Batch, label: str, recorded: Ints) -> None:
        draws = Draws(self.world.seed, "generation rows", label)
        count = len(batch)
        users = self.world.size("ai_usage/generations", 12_000, least=50)
        user = draws.skewed(users, 1.8, count)
        places = [place.code for place in self.world.territories]
        number = ids("gen-", batch.numbers, 7)
        recordings = [
            chosen(self.catalog.recording_ids, batch.sources[:, place]) for place in range(4)
        ]
        model = f"r{1 if batch.month.number < 4 else 2}"
        rows = table(
            {
                "generation_id": number,
                "idempotency_key": ids("req-", batch.numbers, 7),
                "occurred_at": times(batch.moment),
                "user_key": ids("usr-", (user * 2_654_435_761) % (1 << 31), 10),
                "product_id": chosen(PRODUCTS, batch.product),
                "model_version": model,
                "use_type": chosen(USE_TYPES, batch.use_type),
                "territory": chosen(places, batch.territory),
                "tier": chosen(list(TIERS), batch.tier),
                "status": chosen(STATUSES, batch.status),
                "block_reason": chosen(BLOCK_REASONS, batch.block_reason),
                "source_recording_ids": listed(recordings),
                "derivative_id": blank_unless(
                    ids("drv-", batch.numbers, 7), batch.status == COMPLETED
                ),
                "is_test": batch.is_test,
                "recorded_at": times(recorded),
            }
        )
        due = pl.col("recorded_at").dt.strftime("%Y-%m").alias("due")
        late = rows.filter(batch.is_late).with_columns(due)
        for (due_label,), some in late.partition_by("due", as_dict=True, include_key=False).items():
            self._late.setdefault(str(due_label), []).append(some)
        normal = rows.filter(~batch.is_late)
        earlier = earlier_attempts(draws, normal)
        again = normal.filter(draws.chance(0.003, normal.height))
        faulty = faulty_requests(normal, max(1, normal.height // 5_000), label)
        sent = pl.concat([normal, earlier, again, faulty])
        form = "jsonl.gz" if count < 20_000 and batch.month.number % 3 == 2 else "parquet"
        self.landing.write(
            "ai_usage/generations",
            f"{label}.{form}",
            sent,
            quarantined=faulty.height,
            duplicates=again.height,
        )

    def _write_derivatives(
        self, batch: Batch, label: str, made: Ints, published_at: Ints, first_recorded: Ints
    ) -> None:
        rows = table(
            {
                "derivative_id": ids("drv-", batch.numbers[made], 7),
                "generation_id": ids("gen-", batch.numbers[made], 7),
                "parent_derivative_id": blank_unless(
                    ids("drv-", np.maximum(batch.base + batch.parent[made], 0), 7),
                    batch.parent[made] >= 0,
                ),
                "isrc": blank_unless(
                    codes.isrcs("QT", batch.numbers[made], 2026), batch.is_published[made]
                ),
                "published_at": times(published_at[made], batch.is_published[made]),
                "disabled_at": no_times(len(made)),
                "recorded_at": times(first_recorded[made]),
            }
        )
        self.landing.write("ai_usage/derivatives", f"{label}.parquet", rows)
        gone = batch.is_published & (batch.removed_after_days < NEVER)
        gone &= published_at + batch.removed_after_days * DAY < self.world.end
        place = np.flatnonzero(gone[made])
        disabled = (published_at + batch.removed_after_days * DAY)[made][place]
        self.landing.gather(
            "ai_usage/derivatives",
            f"{label}_disabled.csv",
            rows[place].with_columns(
                disabled_at=times(disabled), recorded_at=times(disabled + 5 * MINUTE)
            ),
            together="disabled.csv",
        )

    def _write_attributions(
        self, batch: Batch, label: str, made: Ints, first_recorded: Ints
    ) -> None:
        draws = Draws(self.world.seed, "weights", label)
        weights = weights_of(draws, batch, made)
        version = "a1" if batch.month.number < 4 else "a2"
        first_recorded = first_recorded[made] + MINUTE
        masters, works = self._attribution_rows(batch, made, weights, first_recorded, draws)
        rows = pl.concat([masters, works]).with_columns(attribution_version=pl.lit(version))
        if batch.month.number < 4:
            self._write_upgrade(second_opinion(draws, masters, works, self.catalog), label)
        rows = rows.sort("derivative_id", "side", "source_object_id")
        faulty = overweight_set(rows, label)
        self.landing.write(
            "ai_usage/attributions",
            f"{label}.parquet",
            attribution_columns(pl.concat([rows, faulty])),
            quarantined=faulty.height,
        )

    def _attribution_rows(
        self, batch: Batch, made: Ints, weights: Ints, first_recorded: Ints, draws: Draws
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """One row per source: recordings, parents and unknown ones for MASTER; works for WORK."""
        sources = batch.sources[made]
        parent = batch.parent[made]
        confidence = 600_000 + draws.ints(0, 400_000, len(made))
        silent_master = draws.chance(0.004, len(made))
        silent_work = draws.chance(0.012, len(made))
        silent_master[: batch.planted] = silent_work[: batch.planted] = False
        place_of_row, column = np.nonzero((sources >= 0) & (weights[:, :4] > 0))
        recording = sources[place_of_row, column]
        weight = weights[place_of_row, column]
        unknown = batch.has_unknown_source[made][place_of_row] & (column == 0)
        source_ids = self.catalog.recording_ids.gather(recording)
        unknown_ids = ids("unknown:fp-", batch.numbers[made][place_of_row], 7)
        frame = pl.DataFrame({"known": source_ids, "fp": unknown_ids, "unknown": unknown})
        named = frame.select(
            pl.when("unknown").then(pl.col("fp")).otherwise(pl.col("known")).alias("id")
        )["id"]

        def rows(where: Ints, objects: pl.Series, values: Ints, side: str) -> pl.DataFrame:
            return table(
                {
                    "derivative_id": ids("drv-", batch.numbers[made][where], 7),
                    "side": pl.Series([side]).gather(np.zeros(len(where), dtype=np.int64)),
                    "source_object_id": objects,
                    "units": pl.Series(values),
                    "confidence": decimals(confidence[where], 6),
                    "recorded_at": times(first_recorded[where]),
                }
            )

        has_master = ~silent_master[place_of_row]
        children = np.flatnonzero(parent >= 0)
        parent_ids = ids("drv-", batch.base + parent[children], 7)
        masters = pl.concat(
            [
                rows(
                    place_of_row[has_master], named.filter(has_master), weight[has_master], "MASTER"
                ),
                rows(children, parent_ids, weights[children, 4], "MASTER"),
            ]
        )
        first = self.catalog.recording_work[recording]
        second = self.catalog.recording_second_work[recording]
        has_work = (first >= 0) & ~silent_work[place_of_row] & ~unknown
        first_weight = np.where(second >= 0, weight * 6 // 10, weight)
        two = has_work & (second >= 0)
        works = pl.concat(
            [
                rows(
                    place_of_row[has_work],
                    self.catalog.work_ids.gather(first[has_work]),
                    first_weight[has_work],
                    "WORK",
                ),
                rows(
                    place_of_row[two],
                    self.catalog.work_ids.gather(second[two]),
                    (weight - first_weight)[two],
                    "WORK",
                ),
                rows(children, parent_ids, weights[children, 4], "WORK"),
            ]
        )
        one_row = ["derivative_id", "side", "source_object_id", "confidence", "recorded_at"]
        works = works.group_by(one_row, maintain_order=True).agg(pl.col("units").sum())
        return masters, works.select(masters.columns)

    def _write_credits(
        self, batch: Batch, label: str, published_at: Ints, first_recorded: Ints
    ) -> None:
        draws = Draws(self.world.seed, "credits", label)
        frames = []
        for place in range(4):
            where = np.flatnonzero(batch.is_published & (batch.sources[:, place] >= 0))
            recording = batch.sources[where, place]
            work = self.catalog.recording_work[recording]
            writer = np.where(work >= 0, self.catalog.work_writer[work], -1)
            shown = published_at[where] + draws.ints(0, 3_600, len(where)) * SECOND
            shown += np.where(draws.chance(0.03, len(where)), DAY * 4, 0)
            recording_ids = self.catalog.recording_ids.gather(recording)
            for role, objects, parties, position in (
                ("main_artist", recording_ids, self.catalog.artist_ids,
                 self.catalog.recording_artist[recording]),
                ("featured_artist", recording_ids, self.catalog.artist_ids,
                 self.catalog.recording_featured[recording]),
                ("writer", chosen(self.catalog.work_ids, work), self.catalog.writer_ids, writer),
            ):  # fmt: skip
                rows = table(
                    {
                        "derivative_id": ids("drv-", batch.numbers[where], 7),
                        "object_id": objects,
                        "party_id": chosen(parties, position),
                        "role": role,
                        "displayed_from": times(shown),
                        "recorded_at": times(np.maximum(shown, first_recorded[where]) + MINUTE),
                    }
                )
                frames.append(rows.filter((position >= 0) & draws.chance(0.95, len(where))))
        rows = pl.concat(frames).unique(
            ["derivative_id", "object_id", "party_id", "role"], keep="first", maintain_order=True
        )
        self.landing.gather("catalog/credits", f"{label}.parquet", rows, together="few.parquet")

    def _remember_published(self, batch: Batch, published_at: Ints) -> None:
        out = np.flatnonzero(batch.is_published)
        removed = (published_at + batch.removed_after_days * DAY)[out]
        gone = (batch.removed_after_days[out] < NEVER) & (removed < self.world.end)
        farmed = Draws(self.world.seed, "farms", batch.base).chance(0.01, len(out))
        farmed[batch.yearly_plays[out] > 100_000] = False
        farmed[: batch.planted] = False
        keep = self.published
        keep.number.append(batch.numbers[out])
        keep.day.append(published_at[out] // DAY)
        keep.last_day.append(np.where(gone, removed // DAY, NEVER))
        keep.yearly_plays.append(
            np.where(farmed, np.maximum(batch.yearly_plays[out], 4_000), batch.yearly_plays[out])
        )
        keep.home.append(batch.territory[out])
        keep.is_farmed.append(farmed)
        keep.is_upload.append(np.zeros(len(out), dtype=bool))
        keep.removed_number.append(batch.numbers[out][gone])
        keep.removed_at.append(removed[gone])
        keep.removed_recording.append(batch.sources[out, 0][gone])

    def _write_late(self) -> None:
        for label, frames in sorted(self._late.items()):
            self.landing.gather(
                "ai_usage/generations",
                f"{label}_late.jsonl",
                pl.concat(frames),
                together="late.jsonl",
            )

    def _write_upgrade(self, rows: pl.DataFrame, label: str) -> None:
        """Attribute all earlier derivatives again with the fourth month's model."""
        if not self.world.month(4):
            return
        again = rows.with_columns(
            attribution_version=pl.lit("a2"),
            recorded_at=pl.lit(self.world.at(4, 10)).cast(pl.Datetime("us", "UTC")),
        ).sort("derivative_id", "side", "source_object_id")
        self.landing.write(
            "ai_usage/attributions",
            f"2026-04_upgrade_of_{label}.parquet",
            attribution_columns(again),
        )
        self.stories["attribution_upgrade"] = ["a1", "a2", "2026-04-10"]

    def _write_uploads(self) -> None:
        """AI-made uploads without a generation; four plays in five are bought."""
        known = sum(len(numbers) for numbers in self.published.number)
        count = max(2, known // 60)
        draws = Draws(self.world.seed, "uploads")
        span = (self.world.end - self.world.start) // DAY
        day = self.world.start // DAY + draws.ints(0, max(1, span - 5), count)
        numbers = 9_000_000_000 + np.arange(count)
        self.landing.write(
            "ai_usage/derivatives",
            "uploads.csv",
            table(
                {
                    "derivative_id": ids("drv-", numbers, 7),
                    "published_at": times(day * DAY),
                    "recorded_at": times(day * DAY + 5 * MINUTE),
                }
            ),
        )
        keep = self.published
        keep.number.append(numbers)
        keep.day.append(day)
        keep.last_day.append(np.full(count, NEVER))
        keep.yearly_plays.append(2_000 + draws.ints(0, 20_000, count))
        keep.home.append(draws.ints(0, len(self.world.territories), count))
        keep.is_farmed.append(np.ones(count, dtype=bool))
        keep.is_upload.append(np.ones(count, dtype=bool))
