"""The contracts of the feeds, one module per source; `feeds.py` has the registry of feeds.

`readers` read the files, and `checking.py` checks the rows.
"""

from linernotes.ingestion.contracts.base import Contract, NestedRows, Period, WeightSet

__all__ = ["Contract", "NestedRows", "Period", "WeightSet"]
