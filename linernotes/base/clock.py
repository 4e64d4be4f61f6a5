"""The clock: the present, and instants as text. No other module reads the system's time of day.

Durations are measured with `time.monotonic` where they are needed. `dashboard/formats.py` formats
instants for readers.
"""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present in UTC, with its zone, to the microsecond."""
    return datetime.now(UTC)


def exact_now() -> datetime:
    """The present as a naive UTC instant to the microsecond, as the lake has instants."""
    return utc_now().replace(tzinfo=None)


def now() -> datetime:
    """The present as a naive UTC instant in whole seconds: the default freeze, and the ledger's."""
    return exact_now().replace(microsecond=0)


def instant_text(instant: datetime) -> str:
    """A naive UTC instant as ISO 8601 with a Z."""
    return instant.isoformat() + "Z"


def instant(text: str) -> datetime:
    """The naive UTC instant of a text in ISO 8601."""
    return datetime.fromisoformat(text.removesuffix("Z"))


def aware(moment: datetime) -> datetime:
    """An instant with its zone; a naive one is in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def millisecond_text(moment: datetime) -> str:
    """An instant with a zone as ISO 8601 in UTC, in whole milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def name_part(moment: datetime) -> str:
    """An instant as part of a file's or a run's name, such as 20260415T060000."""
    return f"{moment:%Y%m%dT%H%M%S}"
