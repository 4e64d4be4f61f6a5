"""Holds the direction in which models read each other: layers and topics, one way.

The order of the topics is that of `dbt_project.yml`; what a layer may read is told by the table of
layers in `docs/modelling.md`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import architecture

Node = dict[str, Any]
READABLE = {"seed", "model", "source"}


def layer_of(node: Node) -> str:
    outside = {"seed": "seeds", "source": "lake"}
    return outside.get(node["resource_type"]) or Path(node["original_file_path"]).parts[1]


def topic_of(node: Node) -> str:
    return Path(node["original_file_path"]).parts[2]


@pytest.fixture(scope="module")
def readings(manifest: dict[str, Any]) -> list[tuple[Node, Node]]:
    """Every pair of a model and a seed, model or table of the lake that it reads."""
    nodes = manifest["nodes"] | manifest["sources"]
    return [
        (model, nodes[name])
        for model in manifest["nodes"].values()
        if model["resource_type"] == "model"
        for name in model["depends_on"]["nodes"]
        if nodes[name]["resource_type"] in READABLE
    ]


@pytest.fixture(scope="module")
def topics(root: Path) -> list[str]:
    """The topics of the intermediate layer, in their order."""
    return architecture.topics_in_order(root)


def table_of_layers(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Each layer with those that it may read, from the table in the document."""
    text = (root / "docs" / "modelling.md").read_text(encoding="utf-8")
    section = text.split("## Layers\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 5 and not line.startswith(("| schema", "| ---")):
            yield cells[0].strip("` "), set(re.findall(r"\w+", cells[4]))


def test_layer_reads_only_what_the_document_says(
    readings: list[tuple[Node, Node]], root: Path
) -> None:
    """A report once read staging, and four topics read marts: a rule then had two places."""
    allowed = dict(table_of_layers(root))

    wrong = [
        f"{model['original_file_path']} ({layer_of(model)}) reads {read['name']} ({layer_of(read)})"
        for model, read in readings
        if layer_of(read) not in allowed[layer_of(model)]
    ]

    assert {"staging", "intermediate", "marts", "reports", "quality"} <= allowed.keys()
    assert not wrong, "docs/modelling.md, `Layers`, says what a layer reads:\n" + "\n".join(wrong)


def test_document_lets_no_layer_read_a_later_one(root: Path) -> None:
    """The table is what the layers are held to, so it must not be loosened for a model."""
    allowed = dict(table_of_layers(root))
    order = ["lake", "seeds", "staging", "intermediate", "marts", "reports"]

    later = {
        layer: allowed[layer] - set(order[: place + 1])
        for place, layer in enumerate(order)
        if layer in allowed
    }

    assert not any(later.values()), later
    assert allowed["reports"] == {"marts"}


def test_metric_reads_what_is_published(manifest: dict[str, Any]) -> None:
    """Metrics are asked of the published file, which has no inner models."""
    read = {
        (metric["name"], layer_of(manifest["nodes"][name]))
        for metric in manifest["semantic_models"].values()
        for name in metric["depends_on"]["nodes"]
    }

    assert read
    assert not [name for name, layer in read if layer not in {"marts", "reports"}]


def test_topic_reads_only_itself_and_those_before_it(
    readings: list[tuple[Node, Node]], topics: list[str]
) -> None:
    """Eight topics once formed a knot, in which no one could be read or tested alone."""
    places = {topic: place for place, topic in enumerate(topics)}

    wrong = [
        f"{model['name']} reads {read['name']}"
        for model, read in readings
        if layer_of(model) == layer_of(read) == "intermediate"
        and places[topic_of(read)] > places[topic_of(model)]
    ]

    assert not wrong, "dbt_project.yml has the topics in their order:\n" + "\n".join(wrong)


def test_topic_has_a_folder_and_a_place_in_the_order(root: Path, topics: list[str]) -> None:
    folders = {path.name for path in (root / "models" / "intermediate").iterdir() if path.is_dir()}

    assert set(topics) == folders


def test_seed_or_inner_model_is_read_by_a_model(
    manifest: dict[str, Any], readings: list[tuple[Node, Node]]
) -> None:
    """Facts of DDEX messages were loaded and cleaned, and then nobody could read them."""
    read = {node["unique_id"] for _, node in readings}

    unread = [
        node["original_file_path"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"seed", "model"}
        and layer_of(node) in {"seeds", "staging", "intermediate"}
        and node["unique_id"] not in read
    ]

    assert not unread, "nothing reads these: delete them, or publish them as marts:\n" + "\n".join(
        unread
    )


def test_picture_of_the_architecture_is_that_of_the_models(
    manifest: dict[str, Any], topics: list[str], root: Path
) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")

    made = architecture.page_with(page, architecture.drawn(manifest, topics))

    assert page == made, "run `make architecture`"


def test_page_of_the_architecture_says_what_each_topic_decides(
    topics: list[str], root: Path
) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("| topic | decides |\n")[1].split("\n\n")[0]

    assert re.findall(r"^\| (\w+) \|", table, re.MULTILINE) == topics


def test_picture_leaves_out_an_arrow_that_a_longer_way_says() -> None:
    def model(name: str, *reads: str) -> dict[str, Any]:
        path = f"models/intermediate/{name}/int_{name}__things.sql"
        nodes = {"nodes": list(reads)}
        return {"resource_type": "model", "original_file_path": path, "depends_on": nodes}

    nodes = {"a": model("a"), "b": model("b", "a"), "c": model("c", "a", "b")}

    made = architecture.drawn({"nodes": nodes}, ["a", "b", "c"])

    assert "    a --> b\n    b --> c\n" in made
    assert "a --> c" not in made


def test_mart_is_listed_for_analysts(models: list[Node], root: Path) -> None:
    text = (root / "docs" / "analysts.md").read_text(encoding="utf-8")
    section = text.split("## The marts\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)

    assert sorted(listed) == [model["name"] for model in models if layer_of(model) == "marts"]
