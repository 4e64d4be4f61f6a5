"""The version of a home: `home.json` has it; a home of 0.1 has no such file.

`upgrade.py` upgrades a home from one version to the next.
"""

import json
from importlib.metadata import version as installed_version

from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake

# 1: as 0.1 wrote it, without this file. 2: register and check runs are numbered, and lake and
# quarantine have their format. Increase it with every change that an older program would misread.
HOME_VERSION = 2


class NewerHome(LinernotesError):
    """A newer program has written the home."""


class OlderHome(LinernotesError):
    """An older program has written the home, and it has to be upgraded first."""


def home_version(settings: Settings) -> int:
    """The version of a home; that of this program if the home is empty.

    Raises:
        LinernotesError: `home.json` exists and does not have it.
    """
    try:
        version = json.loads(settings.home_file.read_bytes())["home_version"]
    except FileNotFoundError:
        return 1 if _is_of_0_1(settings) else HOME_VERSION
    except (OSError, ValueError, KeyError, TypeError):
        version = None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise LinernotesError(
            f"{settings.home_file} does not contain the version of the home: restore it from the"
            " backup. Nothing was read or written."
        )
    return version


def _is_of_0_1(settings: Settings) -> bool:
    """Whether a lake without a format version lacks what was added after 0.1."""
    if not settings.lake_root.exists():
        return False
    return bool(Lake(settings.lake_root, settings.quarantine_root).lacking_columns())


def require_known(settings: Settings) -> None:
    """Raises before anything is read from a home that a newer program has written.

    Raises:
        NewerHome: with what to do.
    """
    found = home_version(settings) if settings.home_file.exists() else 1
    if found > HOME_VERSION:
        raise NewerHome(
            f"The home {settings.home} is of version {found}, and this Linernotes"
            f" ({installed_version('linernotes')}) knows version {HOME_VERSION} at most. Install"
            " the newer Linernotes that has written it. Nothing was read or written."
        )


def require_current(settings: Settings) -> None:
    """Raises before anything is written into a home of an older version.

    Raises:
        NewerHome: a newer program has written the home.
        OlderHome: with what to do.
    """
    require_known(settings)
    found = home_version(settings)
    if found < HOME_VERSION:
        raise OlderHome(
            f"The home {settings.home} is of version {found}, and this Linernotes writes version"
            f" {HOME_VERSION}. Upgrade it, after a backup that the command makes by itself:"
            " linernotes upgrade"
        )


def write_version(settings: Settings) -> None:
    """Writes this program's version into a home."""
    content = {
        "home_version": HOME_VERSION,
        "written_by": f"linernotes {installed_version('linernotes')}",
    }
    settings.home.mkdir(parents=True, exist_ok=True)
    durable.write_text(settings.home_file, json.dumps(content, indent=2) + "\n")
