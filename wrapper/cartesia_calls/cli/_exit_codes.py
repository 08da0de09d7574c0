"""What the command's exit codes mean."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; scripts rely on them."""

    DONE = 0
    LOCAL_FAILURE = 1
    """A file could not be written, or something on this machine is broken."""
    USAGE = 2
    CONFIGURATION = 3
    """Configuration or authentication."""
    NOT_FOUND = 4
    LOGS_NOT_AVAILABLE = 5
    RATE_LIMITED = 6
    NETWORK = 7
    """No response came, or not in time."""
    SERVER = 8
    """The server failed, or its response is not what the spec says."""
    REFUSED = 9
    """The server refused the request: another 4XX."""
    INTERRUPTED = 130
