"""What was known at an earlier time, what a change of terms would do, and where a line comes from.

Nothing here writes to a home: each question gets a calculation or a reading of its own.
"""

from linernotes.lookback.bundle import Bundle, write_bundle
from linernotes.lookback.history import Change, History, as_known
from linernotes.lookback.simulation import Gain, Simulation, Triggered, simulate
from linernotes.lookback.tracing import EventTrace, LineTrace, trace_event, trace_line

__all__ = [
    "Bundle",
    "Change",
    "EventTrace",
    "Gain",
    "History",
    "LineTrace",
    "Simulation",
    "Triggered",
    "as_known",
    "simulate",
    "trace_event",
    "trace_line",
    "write_bundle",
]
