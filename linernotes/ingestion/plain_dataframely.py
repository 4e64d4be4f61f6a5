"""Imports dataframely without SQLAlchemy, which it would load for databases that we do not use.

Import this module before dataframely: it saves 0.6 s of every command that opens the lake. What
contracts say is in `contracts`; nothing here changes how they check.
"""

import sys


def _import_without(left_out: str) -> None:
    """Imports dataframely as if a package that it can do without were not installed."""
    kept = sys.modules.get(left_out)
    if kept is not None:
        return
    sys.modules[left_out] = None  # type: ignore[assignment]
    try:
        import dataframely  # noqa: F401
    finally:
        del sys.modules[left_out]


_import_without("sqlalchemy")
