"""Speed, memory and growth of the pipeline, measured step by step and compared with a floor.

Tests check the results; no module of the library imports this package.
"""
