"""What can end a try or a go, by what has to be done about it.

Everything else that can go wrong is a `LinernotesError` with its own words.
"""

from linernotes.base.errors import LinernotesError


class ConnectionFault(Exception):
    """The target could not be reached, or broke off; the next try may do better."""


class Busy(LinernotesError):
    """Another go at the same partner is under way."""


class ReleaseRefused(LinernotesError):
    """A package must not leave as things are."""
