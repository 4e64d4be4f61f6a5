"""Separate homes per test with issued packages, which are made once."""

import shutil
from pathlib import Path

import pytest

from linernotes.base.settings import Settings


@pytest.fixture
def settings(issued_home: Path, tmp_path: Path) -> Settings:
    """A home with the issued packages of two partners in its outbox, its ledger and its keys."""
    settings = Settings(home=tmp_path / "home")
    issued = Settings(home=issued_home)
    shutil.copytree(issued.outbox_root, settings.outbox_root)
    shutil.copytree(issued.ledger_root, settings.ledger_root)
    shutil.copytree(issued.keys_root, settings.keys_root)
    return settings
