"""Partner packages: a folder of files per partner, month and version, and the check of a package.

The models define the figures, and `statements` defines what a statement is. Names are imported on
first use, so that code which only checks a package loads neither the typesetter nor the charts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.packages import document_parts, wording
    from linernotes.packages.cells import escaped_cell, read_csv_cell, read_package_csv
    from linernotes.packages.fonts import readable
    from linernotes.packages.manifest import MANIFEST, SIGNATURE, Package, read_manifest
    from linernotes.packages.typesetting import typeset
    from linernotes.packages.verification import verify_package
    from linernotes.packages.writing import write_packages

MODULES = {
    "MANIFEST": "manifest",
    "SIGNATURE": "manifest",
    "Package": "manifest",
    "escaped_cell": "cells",
    "read_csv_cell": "cells",
    "read_manifest": "manifest",
    "read_package_csv": "cells",
    "readable": "fonts",
    "typeset": "typesetting",
    "verify_package": "verification",
    "write_packages": "writing",
}

__all__ = [
    "MANIFEST",
    "SIGNATURE",
    "Package",
    "document_parts",
    "escaped_cell",
    "read_csv_cell",
    "read_manifest",
    "read_package_csv",
    "readable",
    "typeset",
    "verify_package",
    "wording",
    "write_packages",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{MODULES.get(name, name)}")
    return getattr(module, name) if name in MODULES else module
