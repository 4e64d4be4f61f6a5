"""Waits until a file's size and time have not changed for a while.

A file whose last change is old enough is loaded at once, so only new files cause a wait.
"""

import time
from collections.abc import Iterable

from linernotes.base.clock import utc_now
from linernotes.ingestion.landing import Arrival

Fingerprint = tuple[int, int]


class Settling:
    """Waits for the files of one load, in total no longer than for one file."""

    def __init__(self, seconds: float, arrivals: Iterable[Arrival] = ()) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._seen: dict[str, Fingerprint] = {}
        for arrival in arrivals if seconds else ():
            try:
                fingerprint = arrival.fingerprint()
            except OSError:
                continue
            if not self._is_old(fingerprint):
                self._seen[arrival.name] = fingerprint

    def has_settled(self, arrival: Arrival, fingerprint: Fingerprint) -> bool:
        """Whether a file has been unchanged long enough; waits for a new one.

        Raises:
            OSError: the file is gone.
        """
        if not self._seconds or self._is_old(fingerprint):
            return True
        if self._seen.get(arrival.name) != fingerprint:
            return False
        time.sleep(max(0, self._began + self._seconds - time.monotonic()))
        return arrival.fingerprint() == fingerprint

    def _is_old(self, fingerprint: Fingerprint) -> bool:
        # The clock of the machine that writes them may be ahead of ours: then its files are new.
        return utc_now().timestamp() - fingerprint[1] / 1e9 >= self._seconds
