"""Homes with issued packages for the tests of delivery; the packages are made once."""

import shutil
from pathlib import Path

import pytest

from linernotes.settings import Settings
from tests.conftest import build_once
from tests.fixtures.deliveries import make_issued_home


@pytest.fixture(scope="session")
def issued_home(shared_folder: Path) -> Path:
    return build_once(shared_folder / "issued-packages", make_issued_home)


@pytest.fixture
def settings(issued_home: Path, tmp_path: Path) -> Settings:
    """A home of the test's own with the issued packages of two partners in its outbox."""
    settings = Settings(home=tmp_path / "home")
    shutil.copytree(Settings(home=issued_home).outbox_root, settings.outbox_root)
    return settings
