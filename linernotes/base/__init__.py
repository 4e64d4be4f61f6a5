"""What every part of the library stands on: durable writes, their readers, trouble with disks.

Nothing here knows of feeds, money or partners.
"""

from linernotes.base import disk, durable, modes

__all__ = ["disk", "durable", "modes"]
