"""Holds what is said about the project: links, commands, words, pins and module openings.

What the code does is tested elsewhere.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linernotes.base.settings import OTHER_NAMES

# Written so that this file does not find itself.
FORBIDDEN = {
    r"/wor[k]/|/roo[t]/|/hom[e]/\w": "a path of one machine",
    r"\bissue [#]?\d+\b": "a number that only its author can look up; cite owner/repository#number",
    r"\b(rules|feeds|interfaces|distributed|calibration|ddex|style)[.]md\b": (
        "a document that is not in the project"
    ),
    r"\bedge-cases[.]md\b": "a document that is not in the project",
    r"\b[T]ODO\b|\b[F]IXME\b|\b[X]XX\b|\b[H]ACK\b": "a note to oneself",
    r"shared/desi[g]n|shared/dat[a]/": "a folder outside the project",
    r"(?i)\bas an a[i]\b|\bclaud[e]\b|\bchatgp[t]\b|\bcopilo[t]\b": "the name of a writing aid",
}
TEXTS = {".py", ".sql", ".md", ".yml", ".yaml", ".toml", ".csv", ".txt", ".example", ""}
# The tests that compare with the central bank's real file name where they look for it.
WORDS_ALLOWED_IN = {"tests"}


def documents(root: Path) -> list[Path]:
    return [
        path
        for path in [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *root.glob("*/README.md")]
        if ".venv" not in path.parts
    ]


def prose_of(path: Path) -> str:
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands_of(root: Path) -> Iterator[tuple[Path, str]]:
    for path in documents(root):
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"```(?:bash|sh|console)\n(.*?)```", text, flags=re.DOTALL):
            for line in block.splitlines():
                command = line.removeprefix("$ ").split("#")[0].strip()
                if command:
                    yield path.relative_to(root), command
        for code in re.findall(r"`((?:make|linernotes) [^`]+)`", prose_of(path)):
            yield path.relative_to(root), code.strip()


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def command_tree() -> Any:
    """The click command behind `linernotes`."""
    typer = pytest.importorskip("typer")
    cli = pytest.importorskip("linernotes.cli.app", reason="the command line is not there")
    app = next(value for value in vars(cli).values() if isinstance(value, typer.Typer))
    return typer.main.get_command(app)


def test_documents_links_point_to_what_is_there(root: Path) -> None:
    broken = []
    for path in documents(root):
        for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(path)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists():
                broken.append(f"{path.relative_to(root)} -> {target}")
            elif anchor and file.suffix == ".md":
                headings = re.findall(r"^#+\s+(.*)", file.read_text(encoding="utf-8"), re.MULTILINE)
                if anchor not in {anchor_of(heading) for heading in headings}:
                    broken.append(f"{path.relative_to(root)} -> {target}")

    assert not broken, "\n".join(broken)


def test_documents_paths_in_code_are_there(root: Path) -> None:
    tops = {path.name for path in root.iterdir() if path.is_dir()} - {".git", ".venv"}
    missing = []
    for path in documents(root):
        for code in re.findall(r"`([^`\n]+)`", prose_of(path)):
            if not re.fullmatch(r"[\w.\-]+(/[\w.\-]+)*/?", code) or code.split("/")[0] not in tops:
                continue
            if "/" in code and not (root / code).exists():
                missing.append(f"{path.relative_to(root)}: {code}")

    assert not missing, "\n".join(missing)


def test_documents_make_targets_exist(root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))

    unknown = [
        f"{path}: {command}"
        for path, command in commands_of(root)
        if command.startswith("make ")
        for word in command.split()[1:]
        if "=" not in word and word not in targets
    ]

    assert not unknown, "\n".join(unknown)


def test_documents_commands_exist_in_the_command_line(root: Path) -> None:
    tree = command_tree()
    unknown = []
    for path, command in commands_of(root):
        words = re.sub(r"^(\.venv/bin/)", "", command).split()
        if words[0] != "linernotes":
            continue
        node, rest = tree, words[1:]
        while rest and hasattr(node, "commands") and not rest[0].startswith("--"):
            if rest[0] not in node.commands:
                unknown.append(f"{path}: {command}")
                break
            node, rest = node.commands[rest[0]], rest[1:]
        else:
            options = {option for parameter in node.params for option in parameter.opts} | {
                "--help"
            }
            given = {
                word.split("=")[0].strip("[]") for word in rest if word.strip("[]").startswith("--")
            }
            if given - options:
                unknown.append(f"{path}: {command} has no {sorted(given - options)}")

    assert not unknown, "\n".join(unknown)


def test_decisions_are_all_listed(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")

    unlisted = [path.name for path in folder.glob("0*.md") if f"]({path.name})" not in index]

    assert not unlisted


def test_makefile_target_has_one_line_of_help(root: Path) -> None:
    text = (root / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (help .*)$", text, re.MULTILINE)
    assert phony

    silent = [
        name for name in phony[1].split() if not re.search(rf"^{name}:.* ## \S", text, re.MULTILINE)
    ]

    assert not silent


def test_environment_example_lists_every_setting(root: Path) -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("linernotes", "orchestration", "expectations", "sampleservice")
        for path in (root / package).rglob("*.py")
    )
    settings = (root / "linernotes" / "base" / "settings.py").read_text(encoding="utf-8")
    fields = re.findall(r"^    (\w+): .*(?:= .*)$", settings, re.MULTILINE)
    # Some names are derived from the home, or are the containers': they are not for people.
    named = set(re.findall(r"\bLINERNOTES_[A-Z_]+[A-Z]\b", code)) - OTHER_NAMES
    wanted = named | {f"LINERNOTES_{name.upper()}" for name in fields}

    missing = wanted - set(
        re.findall(r"\bLINERNOTES_\w+", (root / ".env.example").read_text(encoding="utf-8"))
    )

    assert not missing


def test_files_of_the_project_use_no_forbidden_words(root: Path, project_files: list[Path]) -> None:
    found = []
    for path in project_files:
        file = path.relative_to(root)
        if path.suffix not in TEXTS or path.name == "uv.lock":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for pattern, what in FORBIDDEN.items():
            if what.startswith("a folder outside") and file.parts[0] in WORDS_ALLOWED_IN:
                continue
            for match in re.finditer(pattern, text):
                line = text[: match.start()].count("\n") + 1
                found.append(f"{file}:{line}: {match[0]!r} is {what}")

    assert not found, "\n".join(found)


def test_files_of_the_project_have_no_catch_all_names(
    root: Path, project_files: list[Path]
) -> None:
    names = {"utils.py", "helpers.py", "misc.py", "common.py", "scratch.py", "tmp.py", "test.py"}

    found = [str(path.relative_to(root)) for path in project_files if path.name in names]

    assert not found


def test_module_opens_with_what_belongs_here_and_what_does_not(
    root: Path, project_files: list[Path]
) -> None:
    wrong = []
    for path in project_files:
        file = path.relative_to(root)
        packages = {"linernotes", "orchestration", "expectations", "sampleservice", "benchmarks"}
        if path.suffix != ".py" or file.parts[0] not in packages or "suites" in file.parts:
            continue
        opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        sentences = re.findall(r"[.:;!?](?:\s|$)", opening)
        if len(sentences) < 2:
            wrong.append(str(file))

    assert not wrong, "open these with two sentences:\n" + "\n".join(wrong)


def test_no_string_stands_alone_in_a_function(root: Path, project_files: list[Path]) -> None:
    """Regression: the second half of three messages was a statement of its own, and never shown."""
    modules = [path for path in project_files if path.suffix == ".py"]

    alone = [
        f"{path.relative_to(root)}:{number}"
        for path in modules
        for number in _strings_alone(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert len(modules) > 500
    assert not alone, "join these to the text before them:\n" + "\n".join(alone)


def _strings_alone(module: ast.Module) -> Iterator[int]:
    """Lines of strings that are statements of a function and not its docstring."""
    functions = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    docstrings = [function.body[0] for function in functions]
    for node in {statement for function in functions for statement in ast.walk(function)}:
        if isinstance(node, ast.Expr) and node not in docstrings:
            match node.value:
                case ast.Constant(value=str()) | ast.JoinedStr():
                    yield node.lineno


def test_pins_each_have_a_reason_beside_them(root: Path) -> None:
    lines = (root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads("\n".join(lines))
    extras = project["project"]["optional-dependencies"].values()
    pins = [*project["project"]["dependencies"], *(pin for extra in extras for pin in extra)]
    pins += project["dependency-groups"]["dev"]

    bare = []
    for pin in pins:
        number = next(index for index, line in enumerate(lines) if f'"{pin}"' in line)
        before = number - 1
        while lines[before].lstrip().startswith('"') and lines[before].count('"') == 2:
            before -= 1
        if not lines[before].lstrip().startswith("#") and "#" not in lines[number]:
            bare.append(pin)

    assert not bare


def test_project_names_no_package_index(root: Path) -> None:
    files = ["pyproject.toml", "Makefile", ".ci/run", ".pre-commit-config.yaml"]

    found = [
        name
        for name in files
        if re.search(r"index-url\s*=|--index-url|\[\[tool\.uv\.index", (root / name).read_text())
    ]

    assert not found


def test_second_engine_is_locked_to_the_same_dbt(root: Path) -> None:
    """Two versions of dbt would compile the models in two ways."""
    packages = tomllib.loads((root / "uv.lock").read_text())["package"]
    locked = {package["name"]: package["version"] for package in packages if "version" in package}
    lines = (root / "deploy" / "spark" / "requirements.txt").read_text()
    pinned = dict(re.findall(r"^([a-z-]+)==(\S+)", lines, re.MULTILINE))

    shared = [name for name in pinned if name.startswith("dbt-") and name in locked]
    assert {"dbt-core", "dbt-adapters", "dbt-common", "dbt-semantic-interfaces"} <= set(shared)
    assert {name: pinned[name] for name in shared} == {name: locked[name] for name in shared}


def test_hooks_are_local(root: Path) -> None:
    text = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert set(re.findall(r"repo:\s*(\S+)", text)) == {"local"}


def test_licence_is_the_one_that_the_package_names(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (root / "LICENSE").read_text(encoding="utf-8")

    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
