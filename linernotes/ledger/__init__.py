"""The ledger of issued statements: signed, numbered, append-only. Import its modules one by one.

It handles only its own files; `statements` creates what is written to them.
"""
