"""Speed, memory and growth of the pipeline, measured step by step beside a floor.

Whether results are right is the tests' matter; nothing of the library imports this package.
"""
