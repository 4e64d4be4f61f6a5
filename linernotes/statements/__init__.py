"""Statements: the drafts of what each contract is owed for a month, kept in the ledger folder.

How the sums come about is in the models; how a partner gets to see them is in `reporting`.
"""

from linernotes.statements.drafts import (
    DraftStatement,
    draft,
    file_safe,
    month_start,
    newest_drafts,
    published_statements,
)
from linernotes.statements.line_sets import LINE_SET_COLUMNS, LineSet, published_line_sets

__all__ = [
    "LINE_SET_COLUMNS",
    "DraftStatement",
    "LineSet",
    "draft",
    "file_safe",
    "month_start",
    "newest_drafts",
    "published_line_sets",
    "published_statements",
]
