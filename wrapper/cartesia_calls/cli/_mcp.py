"""Serve tools that read calls over stdin and stdout, for an assistant to start.

No tool changes anything. Secrets and personal data are replaced by placeholders, which lowers the
risk but is no guarantee.

[options]

mcp
mcp --no-redact
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module

from ._errors import END_SIGNALS
from ._options import Arguments, CommandParser, pattern, settings_of
from ._terminal import say


def add_options(parser: CommandParser) -> None:
    parser.section("what is shown")
    parser.flag("--no-redact", does="show secrets and personal data")
    more = "redact what matches, too; may be given again"
    parser.value("--redact-pattern", "REGEX", pattern, more, action="append")


def run(arguments: Arguments) -> None:
    """Serve over stdin and stdout until stdin ends."""
    import_module("mcp")
    from cartesia_calls import AsyncClient  # noqa: PLC0415 - help does without httpx
    from cartesia_calls.mcp import make_server  # noqa: PLC0415 - an extra

    client = AsyncClient(**settings_of(arguments))
    patterns = arguments.redact_pattern or ()
    server = make_server(client, redacted=not arguments.no_redact, patterns=patterns)
    # Handlers of Python would wait for the thread that reads stdin.
    before = {number: signal.getsignal(number) for number in {signal.SIGINT, *END_SIGNALS}}
    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, signal.SIG_DFL)
    try:
        if sys.stdin.isatty():
            say(
                "Waiting for requests on stdin. An assistant starts this command itself; Ctrl-C ends it."
            )
        server.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
