"""Partner packages: a folder of files per partner, month and version, and the check of one.

What a figure means is in the models, and what a statement is in `statements`.
"""

from linernotes.base.problems import Problem
from linernotes.packages import document_parts, wording
from linernotes.packages.cells import escaped_cell, read_csv_cell, read_package_csv
from linernotes.packages.fonts import readable
from linernotes.packages.manifest import MANIFEST, SIGNATURE, file_sha256, read_manifest
from linernotes.packages.typesetting import typeset
from linernotes.packages.verification import verify_package
from linernotes.packages.writing import Package, write_packages

__all__ = [
    "MANIFEST",
    "SIGNATURE",
    "Package",
    "Problem",
    "document_parts",
    "escaped_cell",
    "file_sha256",
    "read_csv_cell",
    "read_manifest",
    "read_package_csv",
    "readable",
    "typeset",
    "verify_package",
    "wording",
    "write_packages",
]
