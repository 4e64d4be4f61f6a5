"""What every part of the library stands on: durable writes, and who may read them.

Nothing here knows of feeds, money or partners.
"""

from linernotes.base import durable, modes

__all__ = ["durable", "modes"]
