"""A home as a whole: which version it is of, its backup, and its upgrade from an older version.

What is in the parts of a home is the matter of those who write them.
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
