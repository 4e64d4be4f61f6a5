"""The dashboard may not import the ledger, so lists that both need are compared here.

Closed lists of the seeds are in `tests/project/test_seeds.py`.
"""

from linernotes.base.sql import literals
from linernotes.dashboard import measures, trace
from linernotes.ledger import line_uses
from linernotes.ledger.balance import FIRST_TYPES


def test_dashboard_joins_lines_and_uses_by_the_columns_of_the_ledger() -> None:
    not_joined = {"contract_version", "usage_layer"}

    assert tuple(key for key in line_uses.KEYS if key not in not_joined) == trace.KEYS


def test_dashboard_counts_earnings_of_the_types_of_the_ledger() -> None:
    assert f"line_type in ({literals(FIRST_TYPES)})" == measures.EARNINGS
