"""Draws the layers and topics of the models into docs/architecture.md, from dbt's manifest.

The topics are in the order of `dbt_project.yml`; a test compares the page with the result.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- Made by `make architecture`. -->\n", "<!-- End of what is made. -->\n"
LAYERS = ("seeds", "staging", "intermediate", "marts", "reports", "quality")
Manifest = dict[str, Any]


def topics_in_order(root: Path = ROOT) -> list[str]:
    """The topics of the intermediate layer, in the order of `dbt_project.yml`."""
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    listed = project["models"]["linernotes"]["intermediate"]
    return [name for name in listed if not name.startswith("+")]


def drawn(manifest: Manifest, topics: list[str]) -> str:
    """The generated part of the page: a chart of the layers, one of the topics, and a table.

    Args:
        manifest: dbt's manifest of the project.
        topics: The topics in order.
    """
    places = {
        name: _place(node)
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in {"seed", "model"}
    }
    readings = {
        (places[name], places[read])
        for name in places
        for read in manifest["nodes"][name]["depends_on"].get("nodes", [])
        if read in places
    }
    counts = Counter(layer for layer, _ in places.values())
    topic_counts = Counter(places.values())
    layers = _flowchart(
        [(layer, f"{layer}: {counts[layer]}") for layer in LAYERS],
        {(read[0], model[0]) for model, read in readings if model[0] != read[0]},
    )
    between = {
        (read[1], model[1])
        for model, read in readings
        if model[0] == read[0] == "intermediate" and model[1] != read[1]
    }
    inner = _flowchart(
        [(topic, f"{topic}: {topic_counts['intermediate', topic]}") for topic in topics],
        _without_detours(between),
    )
    return "\n".join(
        [
            "Layers, with the number of their seeds or models:",
            "",
            layers,
            "Topics of `intermediate`, with the number of their models. An arrow that a longer way "
            "says already is left out:",
            "",
            inner,
            "| topic | reads of staging | reads of topics | is read by marts |",
            "| --- | --- | --- | --- |",
            *(_row(topic, topics, readings) for topic in topics),
            "",
        ]
    )


def page_with(text: str, made: str) -> str:
    """The page with the generated part inserted."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{made}\n{END}{rest.split(END)[1]}"


def _place(node: dict[str, Any]) -> tuple[str, str]:
    """Layer and folder: the topic, the source or the subject."""
    parts = Path(node["original_file_path"]).parts
    if node["resource_type"] == "seed":
        return "seeds", ""
    return parts[1], parts[2] if len(parts) > 3 else ""


def _flowchart(nodes: list[tuple[str, str]], arrows: set[tuple[str, str]]) -> str:
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'    {name}["{label}"]' for name, label in nodes]
    order = [name for name, _ in nodes]
    lines += [
        f"    {start} --> {end}"
        for start, end in sorted(arrows, key=lambda arrow: [order.index(name) for name in arrow])
    ]
    return "\n".join([*lines, "```", ""])


def _without_detours(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows of an acyclic graph for which there is no longer path."""
    after: dict[str, set[str]] = {}
    for start, end in arrows:
        after.setdefault(start, set()).add(end)

    def reached(start: str) -> set[str]:
        direct = after.get(start, set())
        return direct.union(*(reached(end) for end in direct))

    return {
        (start, end)
        for start, end in arrows
        if not any(end in reached(other) for other in after[start] - {end})
    }


def _row(topic: str, topics: list[str], readings: set[tuple[tuple, tuple]]) -> str:
    place = ("intermediate", topic)
    reads = {read for model, read in readings if model == place}
    readers = {model for model, read in readings if read == place}
    staging = sorted(name for layer, name in reads if layer == "staging")
    others = [one for one in topics if one != topic and ("intermediate", one) in reads]
    marts = sorted(name for layer, name in readers if layer == "marts")
    cells = [topic, ", ".join(staging), ", ".join(others), ", ".join(marts)]
    return f"| {' | '.join(cells)} |"


def _manifest() -> Manifest:
    with tempfile.TemporaryDirectory() as target:
        dbt = [sys.executable, "-m", "dbt.cli.main", "--quiet", "parse", "--no-partial-parse"]
        places = ["--project-dir", ROOT, "--profiles-dir", ROOT]
        subprocess.run(
            [*dbt, *places, "--target-path", target, "--log-path", target],
            cwd=ROOT,
            env=os.environ | {"LINERNOTES_WAREHOUSE_FILE": f"{target}/empty.duckdb"},
            check=True,
        )
        return json.loads((Path(target) / "manifest.json").read_text(encoding="utf-8"))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page_with(text, drawn(_manifest(), topics_in_order())), encoding="utf-8")


if __name__ == "__main__":
    main()
