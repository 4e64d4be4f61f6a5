"""A home as a whole: its version, its backup, and its upgrade from an older version.

The content of a home's folders belongs to the packages that write them.
"""

from linernotes.homes.backup import NOT_NEEDED, TRUTH, back_up, restore
from linernotes.homes.upgrade import upgrade
from linernotes.homes.version import (
    HOME_VERSION,
    NewerHome,
    OlderHome,
    home_version,
    require_current,
    require_known,
    write_version,
)

__all__ = [
    "HOME_VERSION",
    "NOT_NEEDED",
    "TRUTH",
    "NewerHome",
    "OlderHome",
    "back_up",
    "home_version",
    "require_current",
    "require_known",
    "restore",
    "upgrade",
    "write_version",
]
