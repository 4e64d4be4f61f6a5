"""The keys of published tables as a table, from the tests that prove them.

The data test `grain` of a model defines its key; a build that fails the test is not published.
`docs/analysts.md` explains why they are not declared as primary keys.
"""

from collections.abc import Collection
from typing import Any

from linernotes.warehouse.dbt import schema_of

COLUMNS = {
    "schema_name": ("varchar", "Schema of the table."),
    "table_name": ("varchar", "Table."),
    "column_name": ("varchar", "Column of its key."),
    "column_number": ("integer", "Position of the column in the key, from 1."),
    "is_filled": ("boolean", "Whether the column is never null."),
}
GRAIN = (
    "One row per table and column of its key: no two rows of the table are equal in all of them. "
    "The run that made this file tested each key. For a view it tested only the first day of each "
    "month; the other days follow from the keys of the view's tables."
)
Row = tuple[str, str, str, int, bool]


def keys_of(nodes: dict[str, dict[str, Any]], tables: Collection[tuple[str, str]]) -> list[Row]:
    """The keys of some tables.

    Args:
        nodes: The nodes in dbt's manifest of the project that made them.
        tables: Schema and name of each.
    """
    rows: list[Row] = []
    for test in nodes.values():
        test_metadata = test.get("test_metadata") or {}
        if test_metadata.get("name") != "grain":
            continue
        model = nodes[test["attached_node"]]
        table = schema_of(model), model["alias"]
        if table not in tables:
            continue
        filled = test_metadata["kwargs"].get("filled") or ()
        for number, column in enumerate(test_metadata["kwargs"]["columns"], start=1):
            rows.append((*table, column, number, column in filled))
    return sorted(rows, key=lambda row: (row[0], row[1], row[3]))
