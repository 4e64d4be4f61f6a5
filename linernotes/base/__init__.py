"""What every part of the library stands on: durable writes, words for trouble with the disk.

Nothing here knows of feeds, money or partners.
"""

from linernotes.base import disk, durable

__all__ = ["disk", "durable"]
