"""The documentation's notebooks: they run from top to bottom, and are stored without outputs.

The tests of the models cover the results of their queries.
"""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from linernotes.base.settings import PROJECT_ROOT

NOTEBOOKS = sorted((PROJECT_ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_over_a_published_home(
    case_home: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_HOME", str(case_home))
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": PROJECT_ROOT}}).execute()

    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(bool(output) for output in outputs) >= len(outputs) - 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)

    kept = [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]

    assert not kept
