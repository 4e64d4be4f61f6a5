"""Compiles our Java classes with the compiler that Spark brings along: a runtime of Java has none.

`make spark` runs it in the Spark environment.
"""

import sys
from pathlib import Path

from pyspark.java_gateway import launch_gateway


def main(target: Path, sources: list[Path]) -> None:
    """Writes the classes of source files into a folder, with a subfolder per package."""
    gateway = launch_gateway()
    try:
        for source in sources:
            compiler = gateway.jvm.org.codehaus.janino.SimpleCompiler()
            compiler.cook(source.read_text(encoding="utf-8"))
            for name, code in dict(compiler.getBytecodes()).items():
                file = target / f"{name.replace('.', '/')}.class"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(bytes(code))
    finally:
        gateway.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
