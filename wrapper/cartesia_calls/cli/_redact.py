"""The options `--redact` and `--redact-pattern`, for every command that shows or writes calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._option_types import pattern

if TYPE_CHECKING:
    import argparse

    from cartesia_calls import AgentCall, Redactor

    from ._arguments import Options


def add_redaction(options: Options) -> None:
    """Add the options to a command."""
    options.add_argument(
        "--redact",
        action="store_true",
        help="replace secrets, phone numbers, e-mail addresses and card numbers by placeholders; "
        "this lowers the risk of sharing, but is no guarantee",
    )
    options.add_argument(
        "--redact-pattern",
        action="append",
        metavar="REGEX",
        type=pattern,
        help="redact what matches, too; may be given again",
    )


def redactor_of(arguments: argparse.Namespace, call: AgentCall | None = None) -> Redactor | None:
    """Return what redacts a call's data as the options say; None if nothing is to be redacted.

    Args:
        arguments: The command line, of a command with these options.
        call: The call. Its own phone numbers are redacted in any spelling.
    """
    if not (arguments.redact or arguments.redact_pattern):
        return None
    from cartesia_calls import Redactor  # noqa: PLC0415 - only when asked for

    return Redactor(call, patterns=arguments.redact_pattern or ())
