"""Holds the floors: which package may import which, and what of it.

Nothing here runs the code; the imports are read from the source.
"""

import ast
import graphlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A part may use parts on lower floors, and parts of its own floor by their public names.
FLOORS = {
    "linernotes.base": 0,
    "linernotes.agreements": 1,
    "linernotes.ddex": 1,
    "linernotes.ingestion": 1,
    "linernotes.ledger": 1,
    "sampleservice": 1,
    "linernotes.metrics": 2,
    "linernotes.statements": 2,
    "linernotes.warehouse": 2,
    "linernotes.lookback": 3,
    "linernotes.packages": 3,
    "linernotes.dashboard": 4,
    "linernotes.delivery": 4,
    "linernotes.assistant": 4,
    "linernotes.homes": 4,
    "linernotes.regulator": 4,
    "expectations": 5,
    "linernotes.pipeline": 6,
    "linernotes.cli": 7,
    "orchestration": 7,
}
# Collections of modules, each of which is an interface of its own.
OPEN = {"linernotes.base", "linernotes.cli", "linernotes.ledger"}
PACKAGES = ("linernotes", "expectations", "orchestration", "sampleservice")

# What is called -> the one module that may.
ONE_HOME = {
    r"\b(datetime|date)\.(now|utcnow|today)$|\btime\.time$": "linernotes/base/clock.py",
    r"\bfcntl\.(flock|lockf)$": "linernotes/base/locks.py",
}


@dataclass(frozen=True)
class Import:
    """One imported module, and the names taken from it (none for a plain import)."""

    file: Path
    line: int
    module: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module} {' '.join(self.names)}".rstrip()


def imports_of(root: Path, package: str) -> Iterator[Import]:
    for path in sorted((root / package.replace(".", "/")).rglob("*.py")):
        file = path.relative_to(root)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    parts = file.with_suffix("").parts
                    module = ".".join([*parts[: len(parts) - node.level], *module.split(".")])
                names = tuple(alias.name for alias in node.names)
                yield Import(file, node.lineno, module.strip("."), names)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(file, node.lineno, alias.name, ())


def part_of(module: str) -> str | None:
    for depth in (2, 1):
        part = ".".join(module.split(".")[:depth])
        if part in FLOORS:
            return part
    return None


def modules_meant(found: Import) -> Iterator[str]:
    """The modules behind an import: `from linernotes import ledger` means linernotes.ledger."""
    for name in found.names or ("",):
        whole = f"{found.module}.{name}".rstrip(".")
        yield whole if found.module == "linernotes" and part_of(whole) else found.module


def public_names(root: Path, part: str) -> set[str] | None:
    """What a package's `__init__` offers in `__all__`; None for a plain module: all of it."""
    init = root / part.replace(".", "/") / "__init__.py"
    if not init.exists():
        return None
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return set(ast.literal_eval(node.value))
    return set()


def test_floors_every_part_of_the_library_has_one(root: Path) -> None:
    parts = {
        f"linernotes.{path.stem}"
        for path in (root / "linernotes").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"linernotes.__init__"}

    unplaced = parts - FLOORS.keys()

    assert not unplaced, f"give these a floor in {Path(__file__).name}: {sorted(unplaced)}"


def test_document_of_the_architecture_lists_the_floors(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\d) \| (.+) \|$", page.split("## Who may import whom")[1], re.MULTILINE
    )
    listed = {
        part: int(floor)
        for floor, parts in rows
        for part in re.findall(r"`(linernotes\.\w+|\w+)`", parts)
        if floor.isdigit()
    }

    assert listed == FLOORS


def test_document_of_the_architecture_names_files_that_exist(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.split("## Where a rule is\n")[1].split("\n## ")[0]
    named = re.findall(r"`([\w./]+/[\w./]*)`", section)

    assert len(named) >= 20
    assert not [path for path in named if not (root / path).exists()]


def test_imports_of_a_part_never_point_to_a_higher_floor(root: Path) -> None:
    upward = []
    for package in PACKAGES:
        for found in imports_of(root, package):
            own = part_of(".".join(found.file.with_suffix("").parts))
            for module in modules_meant(found):
                other = part_of(module)
                if own and other and FLOORS[other] > FLOORS[own]:
                    upward.append(str(found))

    assert not upward, "\n".join(upward)


def test_imports_between_parts_use_public_names_only(root: Path) -> None:
    inside = []
    for package in PACKAGES:
        for found in imports_of(root, package):
            own = part_of(".".join(found.file.with_suffix("").parts))
            for module in modules_meant(found):
                other = part_of(module)
                if other is None or other == own or not other.startswith("linernotes."):
                    continue
                offered = public_names(root, other)
                if offered is None or other in OPEN:
                    continue
                names = set(found.names) if found.module == other else set()
                if module != other or not names <= offered:
                    inside.append(f"{found}; {other} offers {sorted(offered)}")

    assert not inside, "\n".join(inside)


def imports_at_start(root: Path, package: str) -> dict[str, set[str]]:
    """Each module with those that it imports while it is itself imported."""
    files = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        graph[module] = set()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                inner = names & files.keys()
                if node.module in files and len(inner) < len(node.names):
                    inner.add(node.module)
                graph[module] |= inner
            elif isinstance(node, ast.Import):
                graph[module] |= {alias.name for alias in node.names} & files.keys()
    return graph


def test_imports_go_in_no_circle(root: Path) -> None:
    """Files of a circle can only be read and tested together."""
    for package in PACKAGES:
        graph = imports_at_start(root, package)
        graphlib.TopologicalSorter(graph).prepare()


def test_dagster_is_imported_by_orchestration_alone(root: Path) -> None:
    offenders = [
        str(found)
        for package in ("linernotes", "expectations", "sampleservice", "benchmarks")
        for found in imports_of(root, package)
        if found.module.split(".")[0].startswith("dagster")
    ]

    assert not offenders, "\n".join(offenders)


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is called by an attribute, such as `time.time`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func)


def test_clock_is_read_and_locks_are_taken_in_one_place(root: Path) -> None:
    """The present was made in eleven places, and locks were taken in nine, in three idioms."""
    found = [
        f"{path.relative_to(root)}:{line} calls {name}: use {home}"
        for package in (*PACKAGES, "benchmarks")
        for path in sorted((root / package).rglob("*.py"))
        for line, name in calls(ast.parse(path.read_text(encoding="utf-8")))
        for rule, home in ONE_HOME.items()
        if re.search(rule, name) and path != root / home
    ]
    kept = [
        rule
        for rule, home in ONE_HOME.items()
        for _, name in calls(ast.parse((root / home).read_text(encoding="utf-8")))
        if re.search(rule, name)
    ]

    assert not found, "\n".join(found)
    assert set(kept) == set(ONE_HOME)


def test_dashboard_reads_the_published_file_alone(root: Path) -> None:
    # The metrics read it too; of the reports it takes words, fonts and the typesetter.
    allowed = {part for part, floor in FLOORS.items() if floor <= 0} | {
        "linernotes.dashboard",
        "linernotes.metrics",
        "linernotes.packages",
    }

    offenders = [
        str(found)
        for found in imports_of(root, "linernotes.dashboard")
        for module in modules_meant(found)
        if (part := part_of(module)) and part not in allowed
    ]

    assert not offenders, "\n".join(offenders)


def test_sample_service_knows_nothing_of_how_its_feeds_are_read(root: Path) -> None:
    offenders = [
        str(found)
        for found in imports_of(root, "sampleservice")
        for module in modules_meant(found)
        if part_of(module) in {"linernotes.ingestion", "linernotes.warehouse"}
    ]

    assert not offenders, "\n".join(offenders)
