"""Texts for readers: one word per idea, and no retired phrases."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from linernotes.base.settings import PROJECT_ROOT
from linernotes.dashboard import wording
from linernotes.dashboard.pages import PAGES
from linernotes.warehouse.targets import MEASURES

# Retired phrases, which are not idiomatic in the field.
RETIRED = (
    "as known",
    "Partly estimate",
    "Pale months",
    "the most first",
    "the longest ago first",
    "Currency of charts",
    "all of them",
    "nothing to list",
    "nothing to show",
    "Nothing happened",
    "Choose more months",
    "could not be made, and",
    "Log in as another",
    "needs a decision",
    "Whose turn",
    "What ends it",
    "Money that waits",
    "How many",
    "rows broke",
    "do not hold",
    "Somebody looks",
    "that are drafts",
    "Notices without action",
    "Lines held",
    "without a yes",
    "Whoever is used",
    "lead listeners",
    "Earned by uses",
    "Earned and corrected",
    "Set aside",
    "Carried in",
    "Carried out",
    "Umbrella fee",
    "Why money waits",
    "Explicitly allowed",
    "known late",
    "by what is missing",
    "fully credited, share",
    "nobody has said",
    "retries are none",
    "9 of 10",
    "by a machine",
    "acted against",
    "Led to the source",
    "Lift of the source",
    "the house's own",
    "Turned away",
    "waiting in quarantine",
    "linernotes quarantine",
    "What the figures mean",
    "a machine",
    "nobody has",
    "somebody has",
    "are none",
    "at most, in the month",
    "do not add up over",
    "and nothing holds",
)


def shown_texts() -> Iterator[tuple[str, str]]:
    """Every text of the dashboard's code and templates, and the metrics' labels and definitions."""
    root = PROJECT_ROOT / "linernotes" / "dashboard"
    for file in sorted(root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and id(node) not in docstrings:
                yield str(file.relative_to(root)), str(node.value)
    for file in sorted((root / "templates").glob("*.html")):
        yield file.name, re.sub(r"\{[{%].*?[%}]\}|<[^>]+>", " ", file.read_text(encoding="utf-8"))
    for metric in metrics():
        yield "models/metrics", metric["label"]
        yield "models/metrics", metric["description"]


def metrics() -> list[dict[str, str]]:
    return [
        metric
        for file in sorted(Path(PROJECT_ROOT, "models", "metrics").glob("*.yml"))
        for metric in yaml.safe_load(file.read_text(encoding="utf-8"))["metrics"]
    ]


def test_no_text_says_what_was_retired() -> None:
    found = [
        f"{place}: {phrase!r} in {text!r}"
        for place, text in shown_texts()
        for phrase in RETIRED
        if phrase.lower() in text.lower()
    ]

    assert not found, "\n".join(found)


def test_labels_are_no_sentences() -> None:
    names = [
        *(metric["label"] for metric in metrics()),
        *(name for name, _ in wording.MEASURES.values()),
        *(page.TITLE for page in PAGES),
        *wording.STEPS.values(),
    ]

    assert [name for name in names if name.endswith(".") or len(name) > 48] == []


def test_every_measure_of_a_promise_has_a_name() -> None:
    measures = {measure for of_promise in MEASURES.values() for measure in of_promise}

    assert wording.MEASURES.keys() == measures
    assert wording.PROMISES.keys() == MEASURES.keys()


def test_a_metric_and_a_measure_of_the_same_name_are_called_the_same() -> None:
    """The label of a share may say so, if a count has the plain name."""
    labels = {metric["name"]: metric["label"].removesuffix(" (share)") for metric in metrics()}
    both = wording.MEASURES.keys() & labels.keys()

    assert both
    assert {name: labels[name] for name in both} == {
        name: wording.MEASURES[name][0] for name in both
    }


def test_every_step_of_the_bridge_has_a_name() -> None:
    folder = PROJECT_ROOT / "models" / "reports" / "executive"
    for report in ("money_bridge", "money_waterfall"):
        text = (folder / f"rpt_executive__{report}.sql").read_text(encoding="utf-8")
        listed = text.split("set steps = [")[1].split("]")[0]

        assert set(re.findall(r'"(\w+)"', listed)) <= wording.STEPS.keys()
