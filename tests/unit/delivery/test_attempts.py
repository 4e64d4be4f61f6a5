"""Retries: their number, and the pauses between them."""

import pytest

from linernotes.delivery import RetryPolicy
from linernotes.delivery.attempts import tried
from linernotes.delivery.errors import ConnectionFault


@pytest.mark.parametrize(("failures", "pauses"), [(0, []), (1, [2.0]), (3, [2.0, 4.0, 8.0])])
def test_try_after_a_fault_waits_twice_as_long_each_time(
    failures: int, pauses: list[float]
) -> None:
    left = [*range(failures)]
    waited: list[float] = []
    faults: list[str] = []

    def attempt() -> str:
        if left:
            raise ConnectionFault(f"fault {left.pop()}")
        return "done"

    result = tried(attempt, RetryPolicy(), faults.append, waited.append)

    assert result == "done"
    assert waited == pauses
    assert len(faults) == failures


def test_try_that_never_succeeds_ends_with_the_last_fault() -> None:
    waited: list[float] = []
    faults: list[str] = []

    def attempt() -> None:
        raise ConnectionFault(f"fault {len(faults) + 1}")

    with pytest.raises(ConnectionFault, match="fault 5"):
        tried(attempt, RetryPolicy(), faults.append, waited.append)

    assert waited == [2.0, 4.0, 8.0, 16.0]
    assert len(faults) == 5


def test_error_that_no_try_can_help_is_not_tried_again() -> None:
    calls: list[int] = []

    def attempt() -> None:
        calls.append(1)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        tried(attempt, RetryPolicy(), lambda _: None, lambda _: None)

    assert len(calls) == 1
