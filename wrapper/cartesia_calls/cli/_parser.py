"""What can be typed: commands, arguments and options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, get_args

from cartesia_calls import AgentCallStatus
from cartesia_calls._version import __version__

from ._option_types import (
    an_id,
    count_from,
    level,
    moment,
    pattern,
    port,
    rate,
    seconds,
    shard,
    words,
)

if TYPE_CHECKING:
    # argparse has no public names for what add_subparsers() returns, and for what takes options.
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    _Options = argparse._ActionsContainer  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

_EXIT_CODES = """\
exit codes:
  0  done                          5  the call's logs are not available
  1  a local failure               6  rate limited
  2  wrong usage                   7  network or time-out
  3  configuration or API key      8  server error or invalid answer
  4  not found                   130  interrupted

environment:
  CARTESIA_API_KEY    the API key, sk_car_…; there is no option for it, so that it stays
                      out of the shell's history and the list of processes
  CARTESIA_BASE_URL   where the API is (https://api.cartesia.ai)
  CARTESIA_VERSION    the API version, a date
  CARTESIA_ENGINE     what sends requests: auto, fast or httpx
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="cartesia-calls",
        description="What happened in a Cartesia voice-agent call.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cartesia-calls {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_logs(commands)
    _add_list(commands)
    _add_show(commands)
    _add_audio(commands)
    _add_export(commands)
    _add_cancel(commands)
    _add_delete(commands)
    _add_agents(commands)
    _add_doctor(commands)
    _add_sandbox(commands)
    _add_demo(commands)
    _add_completion(commands)
    return parser


def _add_logs(commands: _Commands) -> None:
    parser = commands.add_parser(
        "logs",
        help="show a call's runtime logs",
        description="Show the lines that an agent's code logged during a call: text on a terminal, "
        "one JSON object a line (NDJSON) when piped.",
    )
    _add_call_id(parser)
    coming = parser.add_mutually_exclusive_group()
    coming.add_argument("--wait", action="store_true", help="wait for logs that are not there yet")
    coming.add_argument(
        "-f",
        "--follow",
        action="store_true",
        help="show each line as it appears, to the call's end",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        help="with --wait: how long at the most, in seconds (120)",
    )
    which = parser.add_argument_group(
        "which lines",
        "A line that shows no level is never dropped by --level; one that shows no time counts as "
        "written with the line before it. A time without a zone is UTC in a line, and local time "
        "in an option.",
    )
    which.add_argument("--grep", type=pattern, metavar="REGEX", help="only lines that match")
    which.add_argument("--invert", action="store_true", help="with --grep: only lines that don't")
    which.add_argument(
        "--level", type=level, metavar="L", help="only this level and more severe ones: WARNING"
    )
    _add_times(which, "lines written")
    which.add_argument(
        "--tail",
        type=count_from(0),
        metavar="N",
        help="only the last N of the lines that are there",
    )
    form = parser.add_mutually_exclusive_group()
    _add_json(form)
    form.add_argument(
        "--raw", action="store_true", help="lines as they came, control characters and all"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the lines to FILE, whole or not at all"
    )
    _add_api_options(parser)


def _add_list(commands: _Commands) -> None:
    parser = commands.add_parser(
        "list",
        help="list the calls of an agent or a batch",
        description="List calls, newest first: a table on a terminal, one JSON object a line "
        "(NDJSON) when piped. `cartesia-calls agents` shows the agents' ids.",
    )
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--agent", type=an_id, metavar="ID", help="the calls of this agent")
    whose.add_argument("--batch", type=an_id, metavar="ID", help="the calls of this batch")
    parser.add_argument(
        "--status",
        action="append",
        metavar="S",
        help="only calls with this status; may be given again; known: "
        + ", ".join(get_args(AgentCallStatus)),
    )
    _add_times(parser, "calls that started")
    parser.add_argument(
        "--limit", type=count_from(1), metavar="N", help="at most N calls; all by default"
    )
    parser.add_argument("--expand", action="store_true", help="with the transcripts (NDJSON only)")
    _add_json(parser)
    _add_api_options(parser)


def _add_show(commands: _Commands) -> None:
    parser = commands.add_parser(
        "show",
        help="show a call's record and what happened during it",
        description="Show a call's record, and its transcript with tool calls, events and metrics "
        "in order of time; one JSON object when piped.",
    )
    _add_call_id(parser)
    _add_json(parser)
    _add_api_options(parser)


def _add_audio(commands: _Commands) -> None:
    parser = commands.add_parser(
        "audio",
        help="download a call's recording",
        description="Write the recording of a call that is over to a WAV file, whole or not at all.",
    )
    _add_call_id(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="the file; CALL_ID.wav by default")
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
    _add_api_options(parser)


def _add_export(commands: _Commands) -> None:
    parser = commands.add_parser(
        "export",
        help="keep the logs of an agent's calls, in files or object storage",
        description="Write the logs of agents' calls to a folder or an fsspec URL, before retention "
        "removes them. Run it again, or in cron: it fetches only what is missing or may have "
        "changed. Exit code 5 says that some calls are not there, and the summary why.",
    )
    parser.add_argument(
        "--agent",
        type=an_id,
        nargs="+",
        action="extend",
        required=True,
        metavar="ID",
        help="the calls of these agents",
    )
    parser.add_argument(
        "--to", required=True, metavar="TARGET", help="a folder, or a URL such as s3://bucket/calls"
    )
    _add_times(parser, "calls that started")
    parser.add_argument(
        "--status", action="append", metavar="S", help="only calls with this status; as for list"
    )
    parser.add_argument(
        "--format", choices=("ndjson", "parquet"), default="ndjson", help="ndjson by default"
    )
    parser.add_argument(
        "--include",
        type=words("logs", "record", "transcript", "audio"),
        default=("logs",),
        metavar="PARTS",
        help="what of each call: logs (the default), record, transcript, audio; with commas between",
    )
    parser.add_argument("--shard", type=shard, metavar="I/N", help="one part of N, such as 1/4")
    parser.add_argument(
        "--refresh", action="store_true", help="fetch again what is in the target already"
    )
    pace = parser.add_argument_group("pace", "Both are cut when the server answers 429.")
    pace.add_argument(
        "--concurrency",
        type=count_from(1, most=100),
        default=8,
        metavar="N",
        help="how many requests at once, at the most (8); up to 100",
    )
    pace.add_argument(
        "--rate", type=rate, metavar="R", help="how many requests a second, at the most; unbounded"
    )
    parser.add_argument("--json", action="store_true", help="tell each event as a line of JSON")
    _add_api_options(parser)


def _add_cancel(commands: _Commands) -> None:
    parser = commands.add_parser(
        "cancel", help="end a running call", description="End a call that is running."
    )
    _add_call_id(parser)
    _add_api_options(parser)


def _add_delete(commands: _Commands) -> None:
    parser = commands.add_parser(
        "delete",
        help="erase what a call holds, its logs included",
        description="Erase the logs, transcript, recording, summary, metadata and phone numbers of "
        "a call that is over. It asks first, and can't be undone.",
    )
    _add_call_id(parser)
    parser.add_argument("--yes", action="store_true", help="don't ask")
    _add_api_options(parser)


def _add_agents(commands: _Commands) -> None:
    parser = commands.add_parser(
        "agents",
        help="list the account's agents",
        description="List the agents: a table on a terminal, NDJSON when piped.",
    )
    _add_json(parser)
    _add_api_options(parser)


def _add_doctor(commands: _Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="show what is configured and whether the server answers",
        description="Show each setting, where it came from, and whether the server answers and "
        "takes the key. The key is shown masked.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    _add_api_options(parser)


def _add_sandbox(commands: _Commands) -> None:
    parser = commands.add_parser(
        "sandbox",
        help="serve the API's spec on this machine, with example calls",
        description="Start a local server that behaves as the API's spec says, to try things "
        "against and to test your own code against. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=port, default=0, metavar="N", help="a free one by default")
    parser.add_argument(
        "--json", action="store_true", help="say where it is as one JSON object on one line"
    )


def _add_demo(commands: _Commands) -> None:
    commands.add_parser(
        "demo",
        help="see it work, without a key or an account",
        description="Start the sandbox and show, over real HTTP: calls listed, one of them in "
        "detail, its logs, logs waited for and followed, and each way of there being none.",
    )


def _add_completion(commands: _Commands) -> None:
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Print a script that completes this command's words. For bash: "
        'eval "$(cartesia-calls completion bash)"',
    )
    parser.add_argument("shell", choices=("bash", "zsh"))


def _add_call_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("call_id", metavar="CALL_ID", type=an_id, help="such as ac_123")


def _add_json(options: _Options) -> None:
    options.add_argument("--json", action="store_true", help="NDJSON, also on a terminal")


def _add_times(options: _Options, what: str) -> None:
    options.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help=f"only {what} at TIME or later: 2h (ago), 3d, 2026-03-01T10:00Z, 'yesterday 14:00'",
    )
    options.add_argument("--until", type=moment, metavar="TIME", help=f"only {what} before TIME")


def _add_api_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-url", metavar="URL", help="where the API is")
    parser.add_argument("--api-version", metavar="DATE", help="the API version, YYYY-MM-DD")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="tell of retries, and more of an error"
    )
