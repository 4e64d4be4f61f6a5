"""What each feed promises, one module per source; the registry of feeds is in `feeds.py`.

How files are read and rows are judged is not here.
"""

from linernotes.ingestion.contracts.base import Contract, NestedRows, Period, WeightSet

__all__ = ["Contract", "NestedRows", "Period", "WeightSet"]
