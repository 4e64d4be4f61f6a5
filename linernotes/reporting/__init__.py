"""Partner packages: a folder of files per partner, month and version, and the check of one.

What a figure means is in the models, and what a statement is in `statements`.
"""

from linernotes.reporting.cells import read_csv_cell, read_package_csv
from linernotes.reporting.manifest import MANIFEST, file_sha256, read_manifest
from linernotes.reporting.packages import Package, write_packages
from linernotes.reporting.problems import Problem
from linernotes.reporting.verification import verify_package

__all__ = [
    "MANIFEST",
    "Package",
    "Problem",
    "file_sha256",
    "read_csv_cell",
    "read_manifest",
    "read_package_csv",
    "verify_package",
    "write_packages",
]
