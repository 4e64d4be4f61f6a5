"""Partner packages: a folder of files per partner, month and version, and the check of one.

What a figure means is in the models, and what a statement is in `statements`.
"""

from linernotes.reporting import document_parts, wording
from linernotes.reporting.cells import escaped_cell, read_csv_cell, read_package_csv
from linernotes.reporting.fonts import readable
from linernotes.reporting.manifest import MANIFEST, SIGNATURE, file_sha256, read_manifest
from linernotes.reporting.packages import Package, write_packages
from linernotes.reporting.problems import Problem
from linernotes.reporting.typesetting import typeset
from linernotes.reporting.verification import verify_package

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
