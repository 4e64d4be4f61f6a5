"""When each month begins in each reporting time zone, as a source of the models.

The time zones are those of the pinned `tzdata` package. The rules of DuckDB, Spark and the system
are of different years, and would assign a use in the last hour of a month to different months.
"""

import csv
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import tzdata

from linernotes.base import durable
from linernotes.base.settings import PROJECT_ROOT

MONTH_STARTS = "raw_calendar__month_starts"
# Months outside these years are months of UTC.
FIRST_YEAR, LAST_YEAR = 2015, 2039
MONTHS = range(1, 13)
# No zone is further from UTC: within so many hours of a month's start in UTC, it starts everywhere.
LARGEST_OFFSET_HOURS = 14
SCHEMA = {
    "time_zone": pl.String,
    "month": pl.Date,
    "starts_at": pl.Datetime("us"),
    "next_starts_at": pl.Datetime("us"),
    "tzdata_version": pl.String,
}


def month_starts_file(folder: Path) -> Path:
    """The table `raw_calendar__month_starts`: a row per time zone and month, instants naive UTC.

    Args:
        folder: The folder of the file, which is made once for each version of the time zones.
    """
    file = folder / f"month_starts-{tzdata.IANA_VERSION}.parquet"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(file)
    return file


def reporting_time_zones() -> list[str]:
    """The time zones of the seed `territories`."""
    with (PROJECT_ROOT / "seeds" / "territories.csv").open(encoding="utf-8", newline="") as seed:
        return sorted({row["reporting_time_zone"] for row in csv.DictReader(seed)})


def time_zone(name: str) -> ZoneInfo:
    """A time zone of the pinned package, even if the system has another version.

    Raises:
        FileNotFoundError: if the package has none of that name.
    """
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def _write(file: Path) -> None:
    months = [date(year, month, 1) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in MONTHS]
    rows = []
    for name in reporting_time_zones():
        zone = time_zone(name)
        starts = [_start(month, zone) for month in [*months, date(LAST_YEAR + 1, 1, 1)]]
        rows += [
            (name, month, begins, ends, tzdata.IANA_VERSION)
            for month, begins, ends in zip(months, starts, starts[1:], strict=False)
        ]
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with durable.replacing(file) as unfinished, duckdb.connect() as connection:
        connection.register("month_starts", table)
        connection.execute(f"copy (from month_starts) to '{unfinished}' (format parquet)")


def _start(month: date, zone: ZoneInfo) -> datetime:
    local = datetime(month.year, month.month, 1, tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)
