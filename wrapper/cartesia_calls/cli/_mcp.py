"""`cartesia-calls mcp`: let an assistant read calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._api import open_async_client
from ._exit_codes import ExitCode
from ._output import require

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Serve over stdin and stdout until stdin ends."""
    require("mcp")
    from cartesia_calls.mcp import make_server  # noqa: PLC0415 - checked for just above

    client = open_async_client(arguments)
    patterns = arguments.redact_pattern or ()
    make_server(client, redacted=not arguments.no_redact, patterns=patterns).run()
    return ExitCode.DONE
