"""The inputs and outputs of a load for lineage: a feed's folder, and tables of the lake.

`linernotes/base/lineage.py` sends them.
"""

from pathlib import Path

from linernotes.base.settings import Settings
from linernotes.base.steps import Dataset
from linernotes.ingestion.bucket import is_bucket
from linernotes.ingestion.lake_tables import QUARANTINED_ROWS, SCHEMAS


def landing_dataset(place: Path | str, feed: str, row_count: int | None = None) -> Dataset:
    """A feed's folder of the landing zone."""
    if is_bucket(place):
        bucket, _, prefix = str(place).removeprefix("s3://").partition("/")
        return Dataset(f"s3://{bucket}", f"{prefix}/{feed}".lstrip("/"), row_count=row_count)
    return Dataset("file", str(Path(place) / feed), row_count=row_count)


def lake_dataset(settings: Settings, table: str, row_count: int | None = None) -> Dataset:
    """A table of the lake, or of the quarantine beside it."""
    columns = {name: str(dtype) for name, dtype in SCHEMAS[table].items()}
    root = settings.quarantine_root if table == QUARANTINED_ROWS else settings.lake_root
    return Dataset("file", str(root / table), columns, row_count)
