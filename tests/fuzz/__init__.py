"""Thousands of mutated files, and the results of the intake for them."""
