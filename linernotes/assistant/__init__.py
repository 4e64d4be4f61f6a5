"""The published warehouse for analysts' assistants: metrics first, guarded SQL second.

How the protocol is spoken is in `server.py`; nothing is written and nothing is computed here that
the published file and its metrics do not say.
"""

from linernotes.assistant.desk import Desk, Limits
from linernotes.assistant.server import make_server

__all__ = ["Desk", "Limits", "make_server"]
