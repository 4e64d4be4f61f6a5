"""The state of the dbt project, and its parsed form, which is cached between runs.

Parsing takes longer than a small build, and its result only changes with the project's files.
"""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from linernotes.base import durable
from linernotes.base.settings import PROJECT_ROOT

PROJECT_FOLDERS = ("models", "macros", "seeds", "tests/data")
PARSED_BY_DBT = "partial_parse.msgpack"
MOST_KEPT = 5


def project_sha256() -> str:
    """A hash of the state of the project: its files and the versions that compile them."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb", "duckdb", "tzdata"):
        digest.update(f"{package} {version(package)}\n".encode())
    files = [PROJECT_ROOT / "dbt_project.yml", PROJECT_ROOT / "profiles.yml"]
    for part in PROJECT_FOLDERS:
        files += (PROJECT_ROOT / part).rglob("*.sql")
        files += (PROJECT_ROOT / part).rglob("*.yml")
        files += (PROJECT_ROOT / part).rglob("*.csv")
        files += (PROJECT_ROOT / part).rglob("*.md")
    for file in sorted(files):
        content = file.read_bytes()
        name = file.relative_to(PROJECT_ROOT).as_posix()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def kept_folder(kind: str) -> Path:
    """This machine's cache folder for a state of the project."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "linernotes" / kind


def manifest_of_now() -> Path:
    """The cache file of the parsed project for its present files; it may not exist yet.

    It contains the project's path, so each checkout has its own.
    """
    place = hashlib.sha256(str(PROJECT_ROOT).encode()).hexdigest()[:16]
    return kept_folder("parsed") / f"{project_sha256()}-{place}.msgpack"


def keep_manifest(manifest: Path, target: Path) -> None:
    """Caches what dbt has parsed, if the project has not changed since.

    Args:
        manifest: The result of `manifest_of_now` before dbt ran.
        target: dbt's folder of artefacts.
    """
    parsed = target / PARSED_BY_DBT
    if manifest.exists() or not parsed.exists() or manifest_of_now() != manifest:
        return
    durable.make_folder(manifest.parent)
    durable.write_bytes(manifest, parsed.read_bytes())
    kept = sorted(manifest.parent.glob("*.msgpack"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
