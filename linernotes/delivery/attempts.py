"""Tries again when a connection breaks, waiting twice as long each time.

What a try does, and how it takes up what the one before left, is the caller's matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linernotes.delivery.errors import ConnectionFault

Result = TypeVar("Result")


@dataclass(frozen=True)
class RetryPolicy:
    """How often a target is tried, and how long the wait after the first failure is."""

    tries: int = 5
    first_wait_seconds: float = 2.0


def tried(
    attempt: Callable[[], Result],
    patience: RetryPolicy,
    on_fault: Callable[[str], None],
    pause: Callable[[float], object],
) -> Result:
    """The result of the first try that no connection fault ends.

    Args:
        attempt: One try, which takes up what earlier ones left.
        patience: How often, and with which pauses.
        on_fault: Called with what ended a try.
        pause: Waits so many seconds.

    Raises:
        ConnectionFault: of the last try.
    """
    wait = patience.first_wait_seconds
    for _ in range(patience.tries - 1):
        try:
            return attempt()
        except ConnectionFault as fault:
            on_fault(str(fault))
        pause(wait)
        wait *= 2
    try:
        return attempt()
    except ConnectionFault as fault:
        on_fault(str(fault))
        raise
