"""What every part of the library stands on: durable writes.

Nothing here knows of feeds, money or partners.
"""

from linernotes.base import durable

__all__ = ["durable"]
