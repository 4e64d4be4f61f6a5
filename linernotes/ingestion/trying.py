"""A file tried before it is sent: the whole intake, into a lake that is thrown away.

Nothing of the home is read or written, so what only other deliveries tell stays open: another
version of a key that is loaded, or a puid that was used before.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from linernotes.base.settings import Settings
from linernotes.base.steps import untold
from linernotes.ingestion import quarantine
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.intake import admit_landing, open_lake
from linernotes.ingestion.landing import MANIFEST_ENDING
from linernotes.ingestion.register import DeliveryOutcome


@dataclass(frozen=True)
class Trial:
    """What the intake would say of a file.

    Attributes:
        outcome: Its counts, its state and the reason of it.
        rejected: Rows that would be quarantined: `row_number`, `broken_rules`, `details` and
            `original_text`.
    """

    outcome: DeliveryOutcome
    rejected: pl.DataFrame

    @property
    def is_accepted(self) -> bool:
        """Whether every row would load, or is a repetition of another."""
        return self.outcome.state == "loaded" and not self.outcome.rows_quarantined


def try_file(file: Path, feed: str, settings: Settings) -> Trial:
    """What the intake would make of a file, if it came as a delivery of a feed.

    Args:
        file: The file; a manifest beside it counts.
        feed: `<source>/<feed>`.
        settings: Whose limits hold.

    Raises:
        RefusedFile: its name or kind is not that of a delivery of the feed.
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
        with untold():
            report = admit_landing(trial, [feed])
        if not report.deliveries:
            why = next(
                iter((report.ignored_files | report.unread_files).values()), "it is not read"
            )
            raise RefusedFile(f"{file.name} is not a delivery of {feed}: {why}")
        (outcome,) = report.deliveries
        rows = quarantine.rows_of(open_lake(trial), outcome.delivery_id)
        return Trial(outcome, rows.select("row_number", "broken_rules", "details", "original_text"))
