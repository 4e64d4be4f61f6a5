"""Writes the known events of the sample world, which the dashboard marks on its time axes.

The modules of the feeds plant the events themselves.
"""

import csv
from datetime import date
from pathlib import Path

EVENTS = (
    (date(2026, 2, 1), "Training fee of Universal Music Group"),
    (date(2026, 4, 10), "New attribution model"),
    (date(2026, 4, 14), "Turkish lira and Argentine peso fall"),
    (date(2026, 5, 10), "Mass-upload attack"),
)


def write_events(home: Path) -> Path:
    """Write `events.csv` of a home."""
    path = home / "events.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "title"))
        writer.writerows(EVENTS)
    return path
