"""Holds the table of `docs/money.md` that leads from a rule to its model and its test case.

What the models compute is tested by those cases.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HEADING = "Rules, models and cases"
# Sections that say no rule of their own.
WITHOUT_RULES = {HEADING, "Worked examples"}


class Rule(NamedTuple):
    section: str
    rule: str
    model: str
    case: str


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "money.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rules(page: str) -> list[Rule]:
    table = page.split(f"## {HEADING}\n")[1].split("\n## ")[0]
    found = re.findall(
        r"^\| \[([^\]]+)\]\(#[a-z0-9-]+\) \| ([^|]+) \| `(\w+)` \| `(\w+)` \|$", table, re.MULTILINE
    )
    rows = [line for line in table.splitlines() if line.startswith("| [")]
    assert len(found) == len(rows), "a row is not: section, rule, model, case"
    return [Rule(*one) for one in found]


def test_section_with_rules_has_a_line_in_the_table(page: str, rules: list[Rule]) -> None:
    sections = set(re.findall(r"^## (.+)$", page, re.MULTILINE)) - WITHOUT_RULES

    assert {rule.section for rule in rules} == sections


def test_rule_stands_in_the_table_once(rules: list[Rule]) -> None:
    reported = [(rule.section, rule.rule) for rule in rules]

    assert len(set(reported)) == len(reported)


def test_rule_names_a_model_that_exists(rules: list[Rule], models: list[dict[str, Any]]) -> None:
    names = {model["name"] for model in models}

    wrong = [f"{rule.rule}: {rule.model}" for rule in rules if rule.model not in names]

    assert not wrong, "docs/money.md names models that are gone:\n" + "\n".join(wrong)


def test_rule_names_a_case_that_exists(
    rules: list[Rule], manifest: dict[str, Any], root: Path
) -> None:
    cases = {test["name"] for test in manifest["unit_tests"].values()}
    cases |= {
        node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"
    }
    for file in (root / "tests").rglob("test_*.py"):
        cases |= set(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))

    wrong = [f"{rule.rule}: {rule.case}" for rule in rules if rule.case not in cases]

    assert not wrong, "docs/money.md names cases that are gone:\n" + "\n".join(wrong)


def test_case_of_dbt_is_about_the_model_of_its_rule(
    rules: list[Rule], manifest: dict[str, Any]
) -> None:
    """Two rules named a test of another model, so that neither was proved where it is made."""
    about = {test["name"]: {test["model"]} for test in manifest["unit_tests"].values()} | {
        node["name"]: {name.split(".")[-1] for name in node["depends_on"]["nodes"]}
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
    }

    wrong = [
        f"{rule.rule}: {rule.case} does not read {rule.model}"
        for rule in rules
        if rule.model not in about.get(rule.case, {rule.model})
    ]

    assert not wrong, "\n".join(wrong)
