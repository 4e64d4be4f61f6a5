"""What of a home cannot be made again, copied whole and checked; and put back.

How often a backup is made, and where it is kept, is decided elsewhere.
"""

import os
import shutil
from pathlib import Path

from linernotes.base import durable
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings, env_file
from linernotes.ingestion import alone
from linernotes.ledger.verification import verify_ledger

# Everything that nothing else can make again. docs/operators/restore.md says what each is for.
TRUTH = (
    "lake",
    "quarantine",
    "ledger",
    "ledger-head.json",
    "keys",
    "outbox",
    "delivery",
    "agreements.toml",
    "login.toml",
    "home.json",
    "told.json",
    "runs.jsonl",
)
# What is made again, or says nothing that lasts.
NOT_NEEDED = ("warehouse", "published", "reports", "logs", "dagster")
SETTINGS = "settings.env"
_LOCKS = shutil.ignore_patterns("*.lock", ".lock", ".staging")


def back_up(settings: Settings, to: Path) -> list[str]:
    """Copies what cannot be made again, while no load is running, and checks the copy.

    Args:
        settings: The home. Its file of settings is copied too, as `settings.env`.
        to: A folder that is not there yet.

    Returns:
        What was copied, by name.

    Raises:
        LinernotesError: the folder is there, or the copy is not what it was copied from.
        BusyIntake: a load is running.
    """
    if to.exists():
        raise LinernotesError(f"{to} is there already: a backup never replaces another.")
    if to.resolve().is_relative_to(settings.home):
        raise LinernotesError(f"{to} lies in the home, and would be lost with it.")
    to.parent.mkdir(parents=True, exist_ok=True)
    building = durable.unfinished_folder(to.parent)
    copied = []
    with alone(settings.lake_root):
        for name in TRUTH:
            if _copy(settings.home / name, building / name):
                copied.append(name)
        elsewhere = settings.agreements_file
        if elsewhere.exists() and not (building / "agreements.toml").exists():
            copied += ["agreements.toml"] if _copy(elsewhere, building / "agreements.toml") else []
        if (file := env_file()) and _copy(file, building / SETTINGS):
            copied.append(SETTINGS)
    if problems := verify_ledger(settings.model_copy(update={"home": building})):
        raise LinernotesError(f"The copied ledger does not hold: {problems[0]}")
    durable.settle(building, to)
    return copied


def restore(settings: Settings, source: Path) -> list[str]:
    """Puts a backup into a home that has nothing of it.

    Returns:
        What was put back, by name.

    Raises:
        LinernotesError: something of it is in the home, or the backup has no home's files.
    """
    there = [name for name in TRUTH if (settings.home / name).exists()]
    if there:
        raise LinernotesError(
            f"{settings.home} already has {', '.join(there)}: move it away, so that nothing of it"
            " is mixed with the backup."
        )
    found = [name for name in TRUTH if (source / name).exists()]
    if not found:
        raise LinernotesError(f"{source} is no backup of a home: it has none of its parts.")
    settings.home.mkdir(parents=True, exist_ok=True)
    return [name for name in found if _copy(source / name, settings.home / name)]


def _copy(source: Path, target: Path) -> bool:
    """Copies a file or a folder, and compares every byte; False if there is nothing to copy."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=_LOCKS)
        for folder, _, names in os.walk(target):
            for name in names:
                copy = Path(folder) / name
                _require_same(source / copy.relative_to(target), copy)
        durable.sync_tree(target)
        return True
    if source.is_file():
        shutil.copy2(source, target)
        _require_same(source, target)
        durable.sync(target)
        return True
    return False


def _require_same(source: Path, copy: Path) -> None:
    if file_sha256(source) != file_sha256(copy):
        raise LinernotesError(f"{source} changed while it was copied: try again.")
