"""Errors that end an attempt or a delivery run, by what has to be done about them.

Every other fault is a `LinernotesError` with its own message.
"""

from linernotes.base.errors import LinernotesError


class ConnectionFault(Exception):
    """The target could not be reached, or the connection broke; another attempt may succeed."""


class Busy(LinernotesError):
    """Another delivery to the same partner is running."""


class ReleaseRefused(LinernotesError):
    """A package must not be delivered in its present state."""
