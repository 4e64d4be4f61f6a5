"""The ledger: what was issued, signed, numbered and never changed; each module is an interface.

It knows its own files and what is kept in them, and nothing of how statements come about.
"""
