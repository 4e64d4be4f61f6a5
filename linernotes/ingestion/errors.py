"""What the intake says no with: one exception per verdict on a whole file.

Faults of single rows are no exceptions; they are rows of the quarantine.
"""

from linernotes.base.errors import LinernotesError


class IntakeError(Exception):
    """A verdict on a whole file, with a reason that says what, where and what to do."""

    def __init__(self, reason: str) -> None:
        # It may quote the file, and the register takes only what is UTF-8.
        self.reason = reason.encode(errors="backslashreplace").decode()
        super().__init__(self.reason)


class RefusedFile(IntakeError):
    """Nothing of the file is loaded. The same bytes are tried again at the next load."""


class IgnoredFile(IntakeError):
    """The file is understood and deliberately not loaded, as an ERN test message is."""


class UnsettledFile(IntakeError):
    """Not a verdict yet: the file is gone, or somebody still writes it. The next load sees it."""


class NoLandingZone(LinernotesError):
    """There is no folder where the landing zone should be."""


class NothingOpen(LinernotesError):
    """What is to be retried or closed does not wait."""


class BusyIntake(LinernotesError):
    """Another process is loading into the same home."""


class FailingDisk(LinernotesError):
    """The disk of the home is full, fails, or may not be written to: no delivery is at fault."""


class DamagedLake(LinernotesError):
    """The lake lost something, and nothing more may be loaded into it before it is mended."""


class NewerLake(LinernotesError):
    """A newer program wrote the lake, in a form that this one does not know."""
