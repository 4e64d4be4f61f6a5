"""Great Expectations suites, one module per table, and what runs them inside DuckDB.

Claims about keys, references and sums belong to dbt's tests, not here.
"""
