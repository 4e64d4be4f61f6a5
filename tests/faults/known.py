"""Faults that the campaign finds and that are not mended yet: each line goes with its mend.

What is listed here is told and fails no test; everything else does.
"""

import re

# Part of the point's text, and what is wrong there.
KNOWN: tuple[tuple[str, str], ...] = (
    # A cut loses what was told as done.
    (r"load: cut", r"told as done: lake|lake raw_.*|the next run says.*|says: Error.*DeltaError"),
    (r"publish: cut", r"(told as done: )?published|the next run says.*"),
    (r"report: cut", r"told as done: outbox"),
    (r"deliver: cut", r"(told as done: )?(arrivals|outbox|target)|the next run says.*"),
    # A first load that is killed leaves a table's placeholder cut.
    (r"first load: (kill|torn|full|broken)", r"lake raw_|the next run says.*|says: "),
    # DuckDB keeps silent of a write that fails while it closes the file to be published.
    (r"publish: (full|broken) once", r"told as done: published"),
    # Publications are ordered by the time of day.
    (r"publish: clock -", r"(told as done: )?published"),
    # A full or failing disk has no words of its own.
    (r": (full|broken) ", r"says: .*"),
    # Leftovers of killed commands stay.
    (r": (kill|torn|cut|full|broken) ", r"left behind: "),
)


def unknown(text: str, faults: tuple[str, ...]) -> list[str]:
    """The faults of a point that are on no line of the list."""
    return [
        fault
        for fault in faults
        if not any(re.search(where, text) and re.match(what, fault) for where, what in KNOWN)
    ]
