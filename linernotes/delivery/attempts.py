"""Retries after a broken connection, waiting twice as long each time.

The caller defines what an attempt does, and how it resumes the previous one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linernotes.delivery.errors import ConnectionFault

Result = TypeVar("Result")


@dataclass(frozen=True)
class RetryPolicy:
    """The maximum number of attempts, and the pause after the first failure."""

    tries: int = 5
    first_wait_seconds: float = 2.0


def tried(
    attempt: Callable[[], Result],
    retry_policy: RetryPolicy,
    on_fault: Callable[[str], None],
    pause: Callable[[float], object],
) -> Result:
    """The result of the first attempt without a connection fault.

    Args:
        attempt: One attempt, which resumes earlier ones.
        retry_policy: Number of attempts, and pauses.
        on_fault: Called with the fault that ended an attempt.
        pause: Waits the given number of seconds.

    Raises:
        ConnectionFault: of the last attempt.
    """
    wait = retry_policy.first_wait_seconds
    for _ in range(retry_policy.tries - 1):
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
