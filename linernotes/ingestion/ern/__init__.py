"""Reads DDEX release messages (ERN) into typed tables.

The intake detects repeated messages and stores the rows.
"""

from linernotes.ingestion.ern.message import ErnMessage, parse_message

__all__ = ["ErnMessage", "parse_message"]
