"""The names by which a machine reaches itself.

Who may call a server under which name is decided in `ports`.
"""

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = frozenset({"localhost", LOOPBACK, "::1"})
