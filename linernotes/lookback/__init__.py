"""Past reports, simulations of changed terms, and traces of lines and events.

It never writes to a home: each call reads, or runs its own calculation.
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
