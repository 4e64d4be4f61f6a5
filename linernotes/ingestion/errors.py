"""The exceptions of the intake: one per verdict on a whole file.

Faults of single rows are not exceptions; they become rows of the quarantine.
"""

from linernotes.base.errors import LinernotesError


class IntakeError(Exception):
    """A verdict on a whole file, with a reason: what is wrong, where, and what to do."""

    def __init__(self, reason: str) -> None:
        # The reason may quote the file, but the register accepts only UTF-8.
        self.reason = reason.encode(errors="backslashreplace").decode()
        super().__init__(self.reason)


class RefusedFile(IntakeError):
    """Nothing of the file is loaded. The same bytes are tried again at the next load."""


class IgnoredFile(IntakeError):
    """The file is valid and deliberately not loaded, such as an ERN test message."""


class UnsettledFile(IntakeError):
    """No verdict yet: the file is missing or still being written. The next load tries it again."""


class NoLandingZone(LinernotesError):
    """The folder of the landing zone does not exist."""


class NothingOpen(LinernotesError):
    """There is nothing to retry or close."""


class BusyIntake(LinernotesError):
    """Another process is loading into the same home."""


class FailingDisk(LinernotesError):
    """The disk of the home is full, failing or read-only, which is not the fault of a delivery."""


class DamagedLake(LinernotesError):
    """The lake is damaged, and nothing more may be loaded into it before it is repaired."""


class OlderLake(LinernotesError):
    """Version 0.1 wrote the lake, and the home has to be upgraded before it is read."""


class NewerLake(LinernotesError):
    """A newer program wrote the lake, in a format that this one does not support."""
