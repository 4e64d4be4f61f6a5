"""The last result of each failed node of dbt, kept across builds of a selection.

`dbt.py` decides whether a build has failed; this module serves later reports on a home.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.warehouse.dbt import FAILED, KEPT_TEXT, DbtResults, message_of

# Represents a run of dbt that did not run to its end; no node has such a name.
BROKEN_RUN = "dbt"


@dataclass(frozen=True)
class Shortfall:
    """A model or test that failed when it last ran.

    Attributes:
        node: Its name.
        status: `warn`, `fail` or `error`, from dbt.
        row_count: Rows that a test found; None after an error.
        message: dbt's message.
        built_at: The freeze of that build, ISO 8601, naive UTC.
    """

    node: str
    status: str
    row_count: int | None
    message: str
    built_at: str


def shortfalls(settings: Settings) -> list[Shortfall]:
    """Failed nodes, those that stop a build first."""
    found = _kept(settings).values()
    return sorted(found, key=lambda one: (one.status == "warn", one.node))


def keep_shortfalls(settings: Settings, freeze: datetime, results: DbtResults) -> None:
    """Records the failed nodes of one run of dbt in this home.

    Nodes that did not run keep their last result; nodes that no longer exist are dropped.
    """
    nodes = results.manifest["nodes"]
    kept = {name: one for name, one in _kept(settings).items() if name in nodes}
    for name, result in results.nodes.items():
        status = result["status"]
        if status in {"success", "pass"}:
            kept.pop(name, None)
        elif (status == "warn" or status in FAILED) and name in nodes:
            kept[name] = Shortfall(
                node=nodes[name]["name"],
                status=status.removeprefix("runtime "),
                row_count=result.get("failures"),
                message=message_of(result),
                built_at=freeze.isoformat(),
            )
    _keep(settings, kept)


def keep_broken_run(settings: Settings, freeze: datetime, reason: str) -> None:
    """Records that dbt did not run to its end; the next complete run removes the record."""
    text = " ".join(reason.split())[:KEPT_TEXT]
    broken = Shortfall(BROKEN_RUN, "error", None, text, freeze.isoformat())
    _keep(settings, _kept(settings) | {BROKEN_RUN: broken})


def _keep(settings: Settings, kept: dict[str, Shortfall]) -> None:
    content = {name: asdict(one) for name, one in kept.items()}
    durable.write_text(_file(settings), json.dumps(content, indent=2))


def _kept(settings: Settings) -> dict[str, Shortfall]:
    file = _file(settings)
    if not file.exists():
        return {}
    return {name: Shortfall(**one) for name, one in json.loads(file.read_text()).items()}


def _file(settings: Settings) -> Path:
    return settings.warehouse_file.parent / "shortfalls.json"
