"""The examples of deployment: that what they copy, call and open is there, and nothing more is.

No container and no service is started here.
"""

import configparser
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from linernotes.cli.app import run

UNITS = {"linernotes.service", "linernotes-dashboard.service"}


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def units(root: Path) -> dict[str, configparser.RawConfigParser]:
    found = {}
    for path in (root / "deploy").glob("*.service"):
        # A name may stand more than once in a unit; here only the last counts.
        found[path.name] = configparser.RawConfigParser(strict=False, delimiters=["="])
        found[path.name].optionxform = str  # ty: ignore[invalid-assignment]
        found[path.name].read(path, encoding="utf-8")
    return found


def copied(root: Path) -> list[str]:
    """What the container file takes from the project, folders and files."""
    lines = (root / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ")]
    return [path for paths in copies for path in paths if not paths[0].startswith("--from")]


def commands(root: Path, compose: dict[str, Any]) -> list[list[str]]:
    """Every call of `linernotes` in the examples, without the program itself."""
    found = [service["command"] for service in compose["services"].values()]
    for unit in units(root).values():
        program, *words = shlex.split(unit["Service"]["ExecStart"])
        assert program == "/opt/linernotes/.venv/bin/linernotes"
        found.append(words)
    return [[str(word) for word in words] for words in found]


def test_container_file_has_nothing_to_lint(root: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    found = subprocess.run(
        [hadolint, root / "deploy" / "Containerfile"], capture_output=True, text=True, check=False
    )

    assert found.returncode == 0, found.stdout
    assert not found.stdout


def test_container_file_copies_what_the_product_reads(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    dbt = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    folders = [
        path for key, paths in dbt.items() if re.fullmatch(r"\w+-paths", key) for path in paths
    ]
    wanted = [*packages, *(path for path in folders if (root / path).exists())]
    wanted += ["pyproject.toml", "uv.lock", "dbt_project.yml", "profiles.yml"]
    wanted += [project["project"]["readme"], *project["project"]["license-files"]]

    assert set(copied(root)) == set(wanted)
    assert all((root / path).exists() for path in copied(root))


def test_commands_of_containers_and_services_exist(
    root: Path, compose: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    called = commands(root, compose)

    unknown = [words for words in called if run([*words, "--help"]) != 0]

    assert called
    assert not unknown, capsys.readouterr().err


def test_ports_are_opened_to_this_machine_alone(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert sorted(ports) == ["127.0.0.1:3000:3000", "127.0.0.1:8501:8501"]


def test_dashboard_sees_only_what_is_published(root: Path, compose: dict[str, Any]) -> None:
    [mounted] = compose["services"]["dashboard"]["volumes"]
    service = units(root)["linernotes-dashboard.service"]["Service"]

    assert mounted.endswith("/published:/var/lib/linernotes/published:ro")
    assert compose["services"]["dashboard"]["env_file"] == "dashboard.env"
    assert service["ReadOnlyPaths"] == "-/var/lib/linernotes"


def test_containers_and_services_run_without_rights_that_they_do_not_need(
    root: Path, compose: dict[str, Any]
) -> None:
    lines = (root / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()

    assert "USER 10001" in lines
    for service in compose["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    found = units(root)
    assert set(found) == UNITS
    for unit in found.values():
        assert unit["Service"]["User"] == "linernotes"
        assert unit["Service"]["ProtectSystem"] == "strict"
        assert unit["Service"]["NoNewPrivileges"] == "yes"


def test_homes_and_settings_of_containers_and_services_are_their_owners_alone(root: Path) -> None:
    lines = (root / "deploy" / "Containerfile").read_text(encoding="utf-8")
    service = units(root)["linernotes.service"]["Service"]
    document = (root / "docs" / "operators" / "deployment.md").read_text(encoding="utf-8")

    assert "--mode 0700 /var/lib/linernotes" in lines
    assert service["StateDirectoryMode"] == "0700"
    assert service["UMask"] == "0077"
    made = re.findall(r"install --mode (\d+) \S+ \S+\.env$", document, re.MULTILINE)
    assert made == ["600"] * 4


def test_pages_without_a_login_are_opened_knowingly(root: Path, compose: dict[str, Any]) -> None:
    for words in commands(root, compose):
        assert words[0] != "up" or "--host" not in words or "--behind-login" in words
