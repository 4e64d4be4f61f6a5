"""The known events of the sample world, as the `events.csv` of a home."""

from datetime import date
from pathlib import Path

from linernotes.base.settings import Settings
from linernotes.warehouse.targets import read_known_events
from sampleservice import write_events


def test_events_of_the_sample_world_are_read_as_known_events(tmp_path: Path) -> None:
    path = write_events(tmp_path)

    events = read_known_events(Settings(home=tmp_path))

    assert path.name == "events.csv"
    assert (date(2026, 5, 10), "Mass-upload attack") in [(one.date, one.title) for one in events]
    assert len(events) == 4
