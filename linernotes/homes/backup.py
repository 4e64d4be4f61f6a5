"""Backs up the parts of a home that cannot be rebuilt, checks the copy, and restores it.

Operators decide how often to make a backup, and where to keep it.
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

# Everything that cannot be rebuilt. docs/operators/restore.md describes each.
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
# Everything that is rebuilt, or is temporary.
NOT_NEEDED = ("warehouse", "published", "reports", "logs", "dagster")
SETTINGS = "settings.env"
_LOCKS = shutil.ignore_patterns("*.lock", ".lock", ".staging")


def back_up(settings: Settings, to: Path) -> list[str]:
    """Copies what cannot be rebuilt, while no load is running, and checks the copy.

    Args:
        settings: The home. Its file of settings is copied too, as `settings.env`.
        to: A folder that is not there yet.

    Returns:
        What was copied, by name.

    Raises:
        LinernotesError: the folder exists, or the copy differs from the original.
        BusyIntake: a load is running.
    """
    if to.exists():
        raise LinernotesError(
            f"{to} exists already: a backup never replaces another. Give a new folder."
        )
    if to.resolve().is_relative_to(settings.home):
        raise LinernotesError(
            f"{to} is in the home, and would be lost with it: give a folder outside."
        )
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
        raise LinernotesError(f"The copied ledger does not verify: {problems[0]}")
    durable.settle(building, to)
    return copied


def restore(settings: Settings, source: Path) -> list[str]:
    """Restores a backup into a home that has none of its folders and files.

    Returns:
        What was restored, by name.

    Raises:
        LinernotesError: the home has one of its folders or files already, or the folder is not a
            backup.
    """
    there = [name for name in TRUTH if (settings.home / name).exists()]
    if there:
        raise LinernotesError(
            f"{settings.home} already has {', '.join(there)}: move it away, so that it"
            " is mixed with the backup."
        )
    found = [name for name in TRUTH if (source / name).exists()]
    if not found:
        raise LinernotesError(
            f"{source} is not a backup of a home: it has none of a home's folders and files."
        )
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
