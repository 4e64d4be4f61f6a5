"""What the project's own tests share: the files of the project and dbt's view of the models.

Checks themselves live in the test modules beside this one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import build_once

ROOT = Path(__file__).resolve().parents[2]
Manifest = dict[str, Any]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file of the project that git would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    if listed == [""]:
        pytest.skip("the files of the project are known only in a git checkout")
    return sorted(ROOT / name for name in listed if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def manifest(shared_folder: Path) -> Manifest:
    """What `dbt parse` makes of the project, without touching the project folder."""
    target = build_once(shared_folder / "parsed", _parse)
    return json.loads((target / "manifest.json").read_text())


def _parse(target: Path) -> None:
    target.mkdir(exist_ok=True)
    arguments = ["parse", "--no-partial-parse", "--no-use-colors", "--quiet"]
    places = ["--project-dir", ROOT, "--profiles-dir", ROOT, "--target-path", target]
    parsed = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments, *places, "--log-path", target],
        cwd=ROOT,
        env=os.environ | {"LINERNOTES_WAREHOUSE_FILE": str(target / "empty.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert parsed.returncode == 0, f"dbt parse failed:\n{parsed.stdout}\n{parsed.stderr}"


@pytest.fixture(scope="session")
def models(manifest: Manifest) -> list[dict[str, Any]]:
    """The project's models, by name."""
    nodes = manifest["nodes"].values()
    return sorted(
        (node for node in nodes if node["resource_type"] == "model"), key=lambda node: node["name"]
    )


@pytest.fixture(scope="session")
def reports(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models that somebody outside the warehouse receives."""
    found = [model for model in models if model["name"].startswith("rpt_")]
    assert found, "models/reports/ holds no rpt_ model"
    return found
