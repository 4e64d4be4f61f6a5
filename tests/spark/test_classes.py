"""Java classes that Spark's server needs and Spark does not bring."""

import os
import subprocess

import pytest

from linernotes.warehouse.thrift import SPARK_PYTHON
from tests.spark.conftest import why_not

LOAD = """
import sys
from pyspark.java_gateway import launch_gateway
gateway = launch_gateway()
try:
    gateway.jvm.java.lang.Class.forName("org.apache.hadoop.hive.ql.exec.FunctionRegistry")
except Exception as error:
    sys.exit(str(error))
finally:
    gateway.shutdown()
"""


@pytest.mark.parametrize("folder", ["classes", "bin"], ids=["ours", "Spark's own"])
def test_registry_of_functions_loads_with_our_classes_only(folder: str) -> None:
    """Regression: a month-end on a busy machine ended when the server closed dbt's first session.

    A server thread without a connection to Hive loads the registry when it closes a session. If the
    second case passes, Spark brings the class again: then delete ours, and this test.
    """
    if reason := why_not():
        pytest.skip(f"THE SECOND ENGINE IS NOT TESTED: {reason}. Run `make spark`.")
    classes = SPARK_PYTHON.parents[1] / folder
    ended = subprocess.run(
        [SPARK_PYTHON, "-c", LOAD],
        env=os.environ
        | {
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_SUBMIT_ARGS": f"--driver-class-path {classes} pyspark-shell",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode == 0) == (folder == "classes"), ended.stderr
    assert ("LlapSigner$Signable" in ended.stderr) == (folder != "classes")
