"""Classes of input: every source of a line belongs to one of them, and its changes are detected.

A correction brings one class at a time up to date, over the months that new input may affect. A
source in no class would change issued months without notice.
"""

import re

import pytest

from linernotes.base.settings import Settings
from linernotes.warehouse import CompiledProject, compiled_project
from linernotes.warehouse.compiled import CLASS_PLACEHOLDERS, SOURCES_PLACEHOLDER
from linernotes.warehouse.recalculation import AFFECTED_MONTHS, CATALOGUE, RAW_TABLES

LINES = "int_compensation__lines_calculated"
# Sources that reach the model of lines without changing issued lines, and why.
MOVES_NOTHING = {
    "raw_finance__ecb_rates": "both sides of a difference are converted at the same rate",
    "raw_finance__fx_rates": "both sides of a difference are converted at the same rate",
    "raw_ai_usage__training_inclusions": "training fees have lines of their own",
    "raw_ledger__statements": "says which months are issued",
    "raw_run__late_deliveries": "moves the rows of each source with the class of that source",
    "raw_calendar__month_starts": "both sides of a difference take months by the same release",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compiled_project(Settings(home=tmp_path_factory.mktemp("home")))


def sources_of(sql: str) -> set[str]:
    return set(re.findall(rf"{SOURCES_PLACEHOLDER}/(\w+)/", sql))


def upstream_sources(project: CompiledProject, targets: list[str]) -> set[str]:
    return set().union(*(sources_of(node.sql) for node in project.upstream(targets)))


def test_every_source_that_reaches_a_line_moves_with_one_class(project: CompiledProject) -> None:
    found: dict[str, set[str]] = {}
    for node in project.upstream([LINES]):
        # A model without a freeze filters its rows by the model that it joins.
        texts = [node.sql] if _classes_in(node.sql) else _texts(project, node.name)
        classes = set().union(*map(_classes_in, texts))
        for source in sources_of(node.sql):
            found.setdefault(source, set()).update(classes)

    assert MOVES_NOTHING.keys() <= found.keys()
    wrong = {
        source: classes
        for source, classes in found.items()
        if source not in MOVES_NOTHING and len(classes) != 1
    }
    assert wrong == {}


def test_every_source_that_reaches_a_line_is_asked_which_months_it_touches(
    project: CompiledProject,
) -> None:
    text = AFFECTED_MONTHS.read_text()
    requested = {name for name in RAW_TABLES if re.search(rf"\b{name}\b", text)}
    compared = upstream_sources(project, list(CATALOGUE))
    reaching = upstream_sources(project, [LINES])

    assert requested == set(RAW_TABLES)
    assert all(re.search(rf"\bchanged_{name}\b", _reader_of_changed()) for name in CATALOGUE)
    assert sorted(reaching - MOVES_NOTHING.keys() - requested - compared) == []


def _classes_in(sql: str) -> set[str]:
    return {name for name, place in CLASS_PLACEHOLDERS.items() if place in sql}


def _texts(project: CompiledProject, name: str) -> list[str]:
    return [node.sql for node in project.upstream([name])]


def _reader_of_changed() -> str:
    return AFFECTED_MONTHS.with_name("recalculation.py").read_text()
