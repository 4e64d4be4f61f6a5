"""The published warehouse for analysts' assistants: metrics, and restricted SQL.

`server.py` implements the protocol. Nothing is written, and all values come from the published file
and its metrics.
"""

from linernotes.assistant.desk import Desk, Limits
from linernotes.assistant.server import make_server

__all__ = ["Desk", "Limits", "make_server"]
