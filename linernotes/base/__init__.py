"""What every part of the library stands on.

Durable writes, trouble with disks, modes of files, texts in SQL: nothing of feeds, money or
partners.
"""

from linernotes.base import disk, durable, modes
from linernotes.base.sql import escaped, literal

__all__ = ["disk", "durable", "escaped", "literal", "modes"]
