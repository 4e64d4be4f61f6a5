"""Writes all feeds of the sample world, and reports what was written.

The order is fixed because later feeds refer to earlier ones; the bytes depend only on the seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sampleservice.audiences import write_fan_signals, write_training
from sampleservice.catalog import build_catalog
from sampleservice.catalog_feeds import write_catalog
from sampleservice.ern import write_ern
from sampleservice.files import Landing, SampleFile
from sampleservice.finance import write_finance
from sampleservice.licensing import write_licensing
from sampleservice.plays import write_plays
from sampleservice.removals import write_removals
from sampleservice.usage import UsageWriter
from sampleservice.world import SampleError, plan_world


@dataclass(frozen=True)
class SampleReport:
    """The written files, and the ids of the planted stories by name."""

    out: Path
    seed: int
    months: tuple[str, ...]
    files: tuple[SampleFile, ...]
    scenarios: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> dict[str, int]:
        """Rows per feed, including deliberate faults and duplicates."""
        return self._sums("rows")

    @property
    def quarantined(self) -> dict[str, int]:
        """Rows per feed that the intake must reject."""
        return self._sums("quarantined")

    @property
    def duplicates(self) -> dict[str, int]:
        """Rows per feed that the intake must count as duplicates."""
        return self._sums("duplicates")

    @property
    def size(self) -> int:
        """The total bytes of all files."""
        return sum(file.size for file in self.files)

    def _sums(self, part: str) -> dict[str, int]:
        sums: dict[str, int] = {}
        for file in self.files:
            sums[file.feed] = sums.get(file.feed, 0) + getattr(file, part)
        return sums


def write_sample(
    out: Path,
    scale: Decimal | float = 1,
    feed_scales: Mapping[str, Decimal | float] | None = None,
    seed: int = 1,
    months: int = 6,
    on_progress: Callable[[SampleFile], None] | None = None,
) -> SampleReport:
    """Write the sample world's feeds into a new landing zone.

    Args:
        out: The landing zone, empty or absent, so that sample rows are never mixed with real ones.
        scale: 1 is 1:10,000 of the real service; rows grow in proportion.
        feed_scales: Scales of single sources or feeds, such as `{"removals": 10_000}`; absolute.
        seed: The same seed gives the same bytes of every file.
        months: Usage months, counted from January 2026.
        on_progress: Called with each file once it is written.

    Raises:
        SampleError: The arguments are invalid, or the landing zone is not empty.
    """
    world = plan_world(scale, feed_scales, seed, months)
    if out.exists() and any(out.iterdir()):
        raise SampleError(f"{out} is not empty: give a new folder for the sample")
    landing = Landing(out, on_progress)
    catalog = build_catalog(world)
    stories = write_catalog(world, catalog, landing)
    stories |= write_ern(world, catalog, landing)
    permissions, licensing_stories = write_licensing(world, catalog, landing)
    stories |= licensing_stories
    usage = UsageWriter(world, catalog, permissions, landing)
    published = usage.write()
    stories |= usage.stories
    stories |= write_plays(world, published, landing)
    write_fan_signals(world, catalog, permissions, landing)
    stories |= write_training(world, catalog, permissions, landing)
    stories |= write_removals(world, catalog, published, landing)
    stories |= write_finance(world, landing)
    landing.finish()
    return SampleReport(
        out=out,
        seed=seed,
        months=tuple(month.label for month in world.months),
        files=tuple(landing.files),
        scenarios={name: tuple(map(str, members)) for name, members in sorted(stories.items())},
    )
