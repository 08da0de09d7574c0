"""What every engine keeps to."""

MOST_CONNECTIONS = 100
"""How many requests may be in flight at once; further ones wait for their turn."""
METHODS_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
"""A request with one of these says how long its body is, also where it has none."""
