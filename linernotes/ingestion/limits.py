"""Checks a file against the limits, and names the one that it exceeds.

The limits are settings; readers call this as soon as they know a number.
"""

import re

from linernotes.base.settings import PREFIX, Limits
from linernotes.ingestion.errors import RefusedFile

MIB = 2**20
# Files with unpacked content up to this size may have any compression ratio.
_RATIO_HOLDS_FROM_BYTES = 64 * MIB
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


def hold(limits: Limits, setting: str, found: int, what: str) -> None:
    """Refuses the file if a number is over its limit.

    Args:
        limits: The limits that are set.
        setting: The limit's name in `Limits`.
        found: The number so far.
        what: The unit after the number, such as `columns`.

    Raises:
        RefusedFile: with the limit and the name of its setting.
    """
    most = getattr(limits, setting)
    if found > most:
        raise RefusedFile(
            f"the file has {found:,} {what} or more, and the limit is {most:,}; send a smaller one,"
            f" or raise {name_of(setting)}"
        )


def hold_unpacked(limits: Limits, unpacked: int, packed: int | None = None) -> None:
    """Refuses a file whose content is too large, or too large for its compressed size.

    Args:
        limits: The limits that are set.
        unpacked: Bytes of the content, as far as they are known yet.
        packed: Bytes of the file; None if it is not packed.
    """
    hold(limits, "max_unpacked_mib", -(-unpacked // MIB), "MiB unpacked")
    if packed is None or unpacked <= _RATIO_HOLDS_FROM_BYTES:
        return
    if unpacked > packed * limits.max_unpacked_ratio:
        raise RefusedFile(
            f"the file unpacks to more than {limits.max_unpacked_ratio} times its {packed:,} bytes;"
            f" send it with less compression, or raise {name_of('max_unpacked_ratio')}"
        )


def is_nested_over(limits: Limits, text: str) -> bool:
    """Whether a JSON text is nested deeper than the limit, without parsing it."""
    most = limits.max_nesting
    if text.count("[") + text.count("{") <= most:
        return False
    depth = 0
    for bracket in re.finditer(r"[][{}]", _TEXT.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > most:
            return True
    return False


def nesting_advice(limits: Limits) -> str:
    """The message for a text that is nested too deep."""
    return (
        f"it is nested more than {limits.max_nesting} levels deep; send it with fewer levels, or "
        "raise"
        f" {name_of('max_nesting')}"
    )


def name_of(setting: str) -> str:
    """The name by which a limit is set."""
    return PREFIX + setting.upper()
