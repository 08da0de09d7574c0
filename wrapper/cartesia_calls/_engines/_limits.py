"""What every engine keeps to."""

MOST_CONNECTIONS = 100
"""How many requests may be in flight at once; further ones wait for their turn."""
METHODS_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
"""A request with one of these says how long its body is, also where it has none."""
LONGEST_HEAD = 100 * 1024
"""How long the head of an answer may be, in bytes, with interim answers before it."""
KEPT_IDLE = 5.0
"""How long an idle connection is kept, in seconds: servers close theirs soon after."""
