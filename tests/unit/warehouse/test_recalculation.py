"""When corrections of issued months are calculated again. Their figures are in `closed_months`."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from linernotes.base.settings import Settings
from linernotes.ledger.files import RECALCULATED
from linernotes.warehouse import Calculation, link_sources, recalculate

FREEZE = datetime(2026, 10, 1)


def not_needed() -> AbstractContextManager[Calculation]:
    raise AssertionError("Nothing is issued, so there is nothing to calculate.")


def test_corrections_of_one_freeze_are_calculated_once(tmp_path: Path) -> None:
    """The empty files of a young ledger are written at each build, and once made it begin anew."""
    settings = Settings(home=tmp_path)

    def made_at(known_at: datetime) -> int:
        root = link_sources(settings)
        recalculate(not_needed, root, known_at)
        [file] = (root / RECALCULATED).iterdir()
        return file.stat().st_mtime_ns

    first = made_at(FREEZE)

    assert made_at(FREEZE) == first
    assert made_at(datetime(2026, 10, 2)) > first
