"""The choice of the engine, and the error if it cannot build. `tests/spark` runs Spark."""

import sys
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.warehouse import BuildFailed, engine_of, thrift


def test_engine_is_duckdb_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert engine_of(Settings(home=tmp_path)).environment["LINERNOTES_TARGET"] == "duckdb"


def test_engine_spark_without_its_libraries_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thrift, "SPARK_PYTHON", tmp_path / ".spark" / "bin" / "python")

    with pytest.raises(BuildFailed, match="run `make spark`"):
        engine_of(Settings(home=tmp_path, engine="spark")).prepare()


def test_cluster_that_does_not_answer_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: the client's time limit ended in a traceback."""
    client = tmp_path / "client.py"
    client.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(thrift, "SPARK_PYTHON", Path(sys.executable))
    monkeypatch.setattr(thrift, "CLIENT", client)
    monkeypatch.setattr(thrift, "LONGEST_SECONDS", 0.5)

    with pytest.raises(
        thrift.ClusterFailed, match=r"did not answer within 0.5 seconds\. Check whether"
    ):
        thrift.on_cluster(Settings(home=tmp_path, engine="spark"), ["select 1"])


def test_schemas_on_spark_are_of_one_home_alone(tmp_path: Path) -> None:
    """Otherwise two homes on one cluster would write into each other's tables."""
    names = {
        engine_of(Settings(home=tmp_path / home, engine="spark")).environment[
            "LINERNOTES_SPARK_SCHEMA"
        ]
        for home in ("one", "other")
    }

    assert len(names) == 2


@pytest.mark.parametrize(
    ("given", "host", "expected"),
    [("", "127.0.0.1", "made"), ("set", "127.0.0.1", "set"), ("", "spark.example", "")],
)
def test_password_of_the_home_is_told_to_its_own_server_alone(
    tmp_path: Path, given: str, host: str, expected: str
) -> None:
    settings = Settings(home=tmp_path, spark_password=given, spark_host=host)
    file = thrift.password_file(settings)
    file.parent.mkdir(parents=True)
    file.write_text("made")

    assert thrift.password_of(settings) == expected
