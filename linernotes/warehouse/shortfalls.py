"""What dbt last said of each node that does not hold, kept over builds of a selection.

Whether a build is good is decided in `dbt.py`; this is for people who look at a home later.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from linernotes.settings import Settings
from linernotes.warehouse.dbt import dbt_environment

KEPT_TEXT = 300


@dataclass(frozen=True)
class Shortfall:
    """A model or test that did not hold when it last ran.

    Attributes:
        node: Its name.
        status: `warn`, `fail` or `error`, as dbt says.
        row_count: Rows that a test found; none if it or a model broke.
        message: What dbt said.
        built_at: The freeze of that build, ISO 8601, naive UTC.
    """

    node: str
    status: str
    row_count: int | None
    message: str
    built_at: str


def shortfalls(settings: Settings) -> list[Shortfall]:
    """Nodes that do not hold, those that stop a build first."""
    found = _kept(settings).values()
    return sorted(found, key=lambda one: (one.status == "warn", one.node))


def keep_shortfalls(settings: Settings, freeze: datetime) -> None:
    """Takes note of what dbt's last run in this home said.

    Nodes that did not run keep what was said of them before; those that are gone are dropped.
    """
    target = Path(dbt_environment(settings)["DBT_TARGET_PATH"])
    results_file, manifest_file = target / "run_results.json", target / "manifest.json"
    if not (results_file.exists() and manifest_file.exists()):
        return
    nodes = json.loads(manifest_file.read_text())["nodes"]
    kept = {name: one for name, one in _kept(settings).items() if name in nodes}
    for result in json.loads(results_file.read_text())["results"]:
        name, status = result["unique_id"], result["status"]
        if status in {"success", "pass"}:
            kept.pop(name, None)
        elif status in {"warn", "fail", "error", "runtime error"} and name in nodes:
            said = " ".join((result.get("message") or status).split())[:KEPT_TEXT]
            kept[name] = Shortfall(
                node=nodes[name]["name"],
                status=status.removeprefix("runtime "),
                row_count=result.get("failures"),
                message=said,
                built_at=freeze.isoformat(),
            )
    file = _file(settings)
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(json.dumps({name: asdict(one) for name, one in kept.items()}, indent=2))
    temporary.replace(file)


def _kept(settings: Settings) -> dict[str, Shortfall]:
    file = _file(settings)
    if not file.exists():
        return {}
    return {name: Shortfall(**one) for name, one in json.loads(file.read_text()).items()}


def _file(settings: Settings) -> Path:
    return settings.warehouse_file.parent / "shortfalls.json"
