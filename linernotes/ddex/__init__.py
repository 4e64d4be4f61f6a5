"""Digital Sales Reports: the flat files that labels' systems read, and their checks.

The amounts come from the reports; `packages` decides which files a package has.
"""

from linernotes.ddex.checking import check_dsr
from linernotes.ddex.files import Message, cell_text
from linernotes.ddex.financial import write_financial_report
from linernotes.ddex.items import write_item_report
from linernotes.ddex.reading import (
    FinancialTotals,
    ItemTotals,
    profile_of,
    read_financial_totals,
    read_item_totals,
)
from linernotes.ddex.records import FINANCIAL, ITEM_LEVEL
from linernotes.ddex.removals import (
    REMOVALS_PREFIX,
    REMOVALS_PROFILE,
    REMOVALS_VERSION,
    TAKING_BACK,
    RemovalTotals,
    read_removals,
    write_removals,
)

__all__ = [
    "FINANCIAL",
    "ITEM_LEVEL",
    "REMOVALS_PREFIX",
    "REMOVALS_PROFILE",
    "REMOVALS_VERSION",
    "TAKING_BACK",
    "FinancialTotals",
    "ItemTotals",
    "Message",
    "RemovalTotals",
    "cell_text",
    "check_dsr",
    "profile_of",
    "read_financial_totals",
    "read_item_totals",
    "read_removals",
    "write_financial_report",
    "write_item_report",
    "write_removals",
]
