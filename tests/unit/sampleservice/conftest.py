"""A small sample world that the tests of this folder read."""

from pathlib import Path

import pytest

from sampleservice import SampleReport, write_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """Six months at a hundredth of the default scale, with seed 1."""
    return write_sample(tmp_path_factory.mktemp("sample") / "landing", scale=0.01)


@pytest.fixture(scope="session")
def landing(sample: SampleReport) -> Path:
    return sample.out
