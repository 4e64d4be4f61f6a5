"""Great Expectations suites, one module per table, and the runner, which uses DuckDB.

Checks of keys, references and sums are dbt tests, not suites.
"""
