"""One module per table with its suite in `SUITE`. No module here runs anything."""
