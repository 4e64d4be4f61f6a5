"""Upgrades a home of an older version: a backup first, then one step per version.

The changelog lists the changes of each version.
"""

from collections.abc import Callable
from pathlib import Path

from linernotes.base.clock import name_part, utc_now
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.homes.backup import back_up
from linernotes.homes.version import HOME_VERSION, home_version, require_known, write_version
from linernotes.ingestion import open_intake
from linernotes.ledger.verification import verify_ledger


def upgrade(settings: Settings, backup: Path | None = None) -> list[str]:
    """Upgrades a home to this program's version.

    Args:
        settings: The home.
        backup: Where the backup goes; beside the home when left out.

    Returns:
        The changes, a sentence each; empty if the home has this version.

    Raises:
        NewerHome: a newer program has written the home.
        LinernotesError: the backup could not be made, or the ledger fails its check; nothing was
            changed.
    """
    require_known(settings)
    before = home_version(settings)
    if before == HOME_VERSION:
        return []
    if problems := verify_ledger(settings):
        raise LinernotesError(f"The ledger does not verify, so nothing is upgraded: {problems[0]}")
    to = backup or _beside(settings, before)
    copied = back_up(settings, to)
    done = [f"Backed up to {to}: {', '.join(copied)}."]
    for version in range(before, HOME_VERSION):
        done.append(STEPS[version](settings))
    write_version(settings)
    return [*done, f"The home now has version {HOME_VERSION}. Next: linernotes build"]


def _beside(settings: Settings, version: int) -> Path:
    moment = name_part(utc_now())
    return settings.home.with_name(f"{settings.home.name}.backup-of-version-{version}-{moment}")


def _from_1(settings: Settings) -> str:
    """Numbers the register and the check runs, and writes the format of lake and quarantine."""
    with open_intake(settings):
        return "Register and check runs are numbered; lake and quarantine record their format."


STEPS: dict[int, Callable[[Settings], str]] = {1: _from_1}
