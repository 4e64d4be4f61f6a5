"""DDEX release messages (ERN): bytes in, typed tables out.

Whether a message was delivered before, and where its rows are kept, is the intake's matter.
"""

from linernotes.ingestion.ern.message import ErnMessage, parse_message

__all__ = ["ErnMessage", "parse_message"]
