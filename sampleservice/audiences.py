"""Writes monthly fan signals of source recordings, and the training objects of model versions.

Counts of people are deliberately small: most are under ten and must be hidden later.
"""

import numpy as np
import polars as pl

from sampleservice.catalog import Catalog
from sampleservice.files import Landing, blank_unless, chosen, table, times
from sampleservice.licensing import Permissions
from sampleservice.randomness import Draws, affine_order
from sampleservice.world import DAY, HOUR, Month, World

PART = 1_000_000


def write_fan_signals(
    world: World, catalog: Catalog, permissions: Permissions, landing: Landing
) -> None:
    """Write one row per month, source recording and territory with listeners.

    A recording with listeners has them in several territories.
    """
    recordings = np.flatnonzero(permissions.is_clean)
    cells = len(recordings) * len(world.territories)
    together = next(size for size in (5, 4, 1) if len(world.territories) % size == 0)
    for month in world.months:
        wanted = min(world.size("ai_usage/fan_signals", 2_500, least=40), cells)
        for part, start in enumerate(range(0, wanted, PART)):
            positions = np.arange(start, min(start + PART, wanted))
            group = affine_order(positions // together + month.number * 7, cells // together)
            band, recording = group // len(recordings), group % len(recordings)
            place = band * together + positions % together
            cell = recording * len(world.territories) + place
            _write_part(world, catalog, landing, month, part, recordings, cell)


def _write_part(
    world: World,
    catalog: Catalog,
    landing: Landing,
    month: Month,
    part: int,
    recordings: np.ndarray,
    cell: np.ndarray,
) -> None:
    draws = Draws(world.seed, "fans", month.label, part)
    count = len(cell)
    codes = [place.code for place in world.territories]
    listeners = 1 + draws.skewed(np.full(count, 4_000), 5.0, count)
    came = (listeners * draws.units(count) * 0.35).astype(np.int64)
    new = (came * draws.units(count) * 0.5).astype(np.int64)
    plays = came * draws.ints(2, 9, count) + draws.ints(0, 30, count)
    expected = plays * draws.ints(60, 112, count)
    rows = table(
        {
            "month": chosen([month.label], np.zeros(count, dtype=np.int64)),
            "recording_id": catalog.recording_ids.gather(recordings[cell // len(codes)]),
            "territory": chosen(codes, cell % len(codes)),
            "derivative_listeners": listeners,
            "source_listeners_within_7_days": came,
            "new_fans": new,
            "follows": (new * draws.units(count)).astype(np.int64),
            "saves": (came * draws.units(count) * 0.6).astype(np.int64),
            "source_plays_28_days": plays,
            "expected_source_plays_28_days": expected // 100,
            "recorded_at": times(np.full(count, month.end + 5 * DAY + 6 * HOUR)),
        }
    )
    name = f"{month.label}_{part + 1:03d}.parquet"
    landing.gather("ai_usage/fan_signals", name, rows, together="few.parquet")


def write_training(
    world: World, catalog: Catalog, permissions: Permissions, landing: Landing
) -> dict[str, list[str]]:
    """Write the training masters and works of the two model versions; only UMG has a deal."""
    owner_partner = np.array([owner.partner == "umg" for owner in catalog.owners])
    ours = np.flatnonzero(
        permissions.is_clean & owner_partner[catalog.recording_owner[: catalog.uploads_from]]
    )
    numbers: list[np.ndarray] = []
    versions = [("m1", world.start + 2 * DAY), ("m2", world.start + 33 * DAY)]
    wanted = min(world.size("ai_usage/training_inclusions", 300, least=12), len(ours))
    stories = {}
    for version, included in versions:
        chosen_ones = np.sort(Draws(world.seed, "training", version).shuffled(len(ours))[:wanted])
        recording = ours[chosen_ones]
        work = catalog.recording_work[recording]
        numbers.append(recording)
        known = np.full(len(recording), included + HOUR)
        masters = table(
            {
                "model_version": [version] * len(recording),
                "product_id": "ai-training",
                "side": "MASTER",
                "object_id": catalog.recording_ids.gather(recording),
                "included_at": times(known - HOUR),
                "recorded_at": times(known),
            }
        )
        works = masters.with_columns(side=_text("WORK", len(recording))).with_columns(
            object_id=blank_unless(catalog.work_ids.gather(np.maximum(work, 0)), work >= 0)
        )
        landing.write(
            "ai_usage/training_inclusions", f"{version}.csv", masters.vstack(
                works.filter(work >= 0).unique("object_id", keep="first", maintain_order=True)
            )
        )  # fmt: skip
        stories[f"training_{version}"] = masters["object_id"].head(3).to_list()
    return stories


def _text(value: str, count: int) -> pl.Series:
    return chosen([value], np.zeros(count, dtype=np.int64)).alias("side")
