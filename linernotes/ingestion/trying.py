"""Checks a file before it is sent, with the whole intake and a temporary lake.

The home is not read or written, so faults that depend on other deliveries are not found: another
version of a loaded key, or a puid that was used before.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from linernotes.base.settings import Settings
from linernotes.base.steps import unreported
from linernotes.ingestion import quarantine
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.home_lake import open_lake
from linernotes.ingestion.intake import admit_landing
from linernotes.ingestion.landing import MANIFEST_ENDING
from linernotes.ingestion.register import DeliveryOutcome


@dataclass(frozen=True)
class Trial:
    """The result of the check of a file.

    Attributes:
        outcome: The counts, the state and its reason.
        rejected: Rows that would be quarantined: `row_number`, `broken_rules`, `details` and
            `original_text`.
    """

    outcome: DeliveryOutcome
    rejected: pl.DataFrame

    @property
    def is_accepted(self) -> bool:
        """Whether every row would be loaded, or is a duplicate of another."""
        return self.outcome.state == "loaded" and not self.outcome.rows_quarantined


def try_file(file: Path, feed: str, settings: Settings) -> Trial:
    """Check a file as if it were a delivery of a feed.

    Args:
        file: The file; a manifest beside it is used.
        feed: `<source>/<feed>`.
        settings: The settings with the limits.

    Raises:
        RefusedFile: its name or format is not that of a delivery of the feed.
    """
    with tempfile.TemporaryDirectory(prefix="linernotes-check-") as place:
        home = Path(place)
        folder = home / "landing" / feed
        folder.mkdir(parents=True)
        shutil.copyfile(file, folder / file.name)
        manifest = file.with_name(file.name + MANIFEST_ENDING)
        if manifest.is_file():
            shutil.copyfile(manifest, folder / manifest.name)
        trial = settings.model_copy(
            update={"home": home, "landing": home / "landing", "settling_seconds": 0}
        )
        with unreported():
            report = admit_landing(trial, [feed])
        if not report.deliveries:
            why = next(
                iter((report.ignored_files | report.unread_files).values()), "it is not read"
            )
            raise RefusedFile(f"{file.name} is not a delivery of {feed}: {why}")
        (outcome,) = report.deliveries
        rows = quarantine.rows_of(open_lake(trial), outcome.delivery_id)
        return Trial(outcome, rows.select("row_number", "broken_rules", "details", "original_text"))
