"""The second engine, really run: `make test-spark`. The rest of the tests need no Java."""
