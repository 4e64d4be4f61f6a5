"""Compiles HomeLogin.java with the compiler that Spark brings along: a runtime of Java has none.

`make spark` runs it in the Spark environment.
"""

import sys
from pathlib import Path

from pyspark.java_gateway import launch_gateway


def main(source: Path, target: Path) -> None:
    """Writes the class of a source file into a folder."""
    gateway = launch_gateway()
    try:
        compiler = gateway.jvm.org.codehaus.janino.SimpleCompiler()
        compiler.cook(source.read_text(encoding="utf-8"))
        target.mkdir(parents=True, exist_ok=True)
        for name, code in dict(compiler.getBytecodes()).items():
            (target / f"{name}.class").write_bytes(bytes(code))
    finally:
        gateway.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
