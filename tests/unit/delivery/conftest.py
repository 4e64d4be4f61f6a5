"""Homes of a test's own with issued packages; the packages are made once."""

import shutil
from pathlib import Path

import pytest

from linernotes.settings import Settings


@pytest.fixture
def settings(issued_home: Path, tmp_path: Path) -> Settings:
    """A home with the issued packages of two partners in its outbox, and nothing else."""
    settings = Settings(home=tmp_path / "home")
    shutil.copytree(Settings(home=issued_home).outbox_root, settings.outbox_root)
    return settings
