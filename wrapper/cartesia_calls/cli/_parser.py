"""What can be typed: commands, arguments and options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cartesia_calls import __version__

from ._arguments import CommandParser, Once
from ._option_types import (
    agent_id,
    batch_id,
    call_id,
    count_from,
    level,
    levels,
    path,
    pattern,
    port,
    rate,
    seconds,
    shard,
    words,
)
from ._options import (
    TIMES,
    add_agent,
    add_api_options,
    add_call_ids,
    add_file,
    add_json,
    add_status,
    add_times,
)

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() returns.
    _Commands = argparse._SubParsersAction[CommandParser]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

_NOTES = """\
examples:
  cartesia-calls list --agent agent_123 --since yesterday --status failed
  cartesia-calls show ac_123
  cartesia-calls logs ac_123 --follow
  cartesia-calls logs ac_123 | grep Traceback

exit codes:
  0  done                         6  rate limited
  1  a local failure              7  network error or timeout
  2  wrong usage                  8  server error or invalid response
  3  configuration or API key     9  refused by the server (another 4XX)
  4  not found                  130  interrupted
  5  the call's logs are not available

environment:
  CARTESIA_API_KEY    the API key, sk_car_…; there is no option for it, which
                      keeps it out of the shell's history
  CARTESIA_BASE_URL   where the API is (https://api.cartesia.ai)
  CARTESIA_VERSION    the API version, a date
  NO_COLOR            write no colours
  FORCE_COLOR         write colours into pipes and files too

Output is text, on a terminal and in a pipe; --json writes JSON, one object a
line. In a pipe, lists are tab-separated and have no header.
"""


def build_parser() -> CommandParser:
    """Return the parser of the whole command line."""
    return build_parsers()[0]


def build_parsers() -> tuple[CommandParser, dict[str, CommandParser]]:
    """Return the parser of the whole command line, and those of its commands by name."""
    parser = CommandParser(
        "cartesia-calls",
        usage="cartesia-calls COMMAND [options]",
        about="Know what happened in a Cartesia voice-agent call.",
        notes=_NOTES,
    )
    parser.add_argument("--version", action="version", version=f"cartesia-calls {__version__}")
    add_api_options(parser, default=None)
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        title="commands",
        prog=parser.prog,
        parser_class=CommandParser,
    )
    for add in (
        _add_logs,
        _add_list,
        _add_show,
        _add_audio,
        _add_export,
        _add_cancel,
        _add_delete,
        _add_agents,
        _add_doctor,
        _add_sandbox,
        _add_demo,
        _add_completion,
    ):
        add(commands)
    return parser, dict(commands.choices)


def _add_logs(commands: _Commands) -> None:
    parser = commands.add_parser(
        "logs",
        help="show a call's runtime logs",
        usage="cartesia-calls logs CALL_ID [options]",
        about="Show the lines that an agent's code logged during a call. On a terminal they are "
        "coloured by level, and control characters are shown as escapes.",
        notes="""\
examples:
  cartesia-calls logs ac_123 --wait
  cartesia-calls logs ac_123 --level WARNING --since 10m -n 50
  cartesia-calls logs ac_123 --follow --grep 'tool|traceback' -i
  cartesia-calls logs ac_123 --json | jq -r 'select(.level == "ERROR").text'
""",
    )
    parser.add_argument("call_id", metavar="CALL_ID", type=call_id, help="such as ac_123, or a URL")
    coming = parser.group("logs that are still to come")
    either = coming.add_mutually_exclusive_group()
    either.add_argument("--wait", action="store_true", help="wait until there are logs")
    either.add_argument(
        "-f",
        "--follow",
        action="store_true",
        help="show each line as it appears, until the call is over",
    )
    coming.add_argument(
        "--timeout",
        action=Once,
        type=seconds,
        metavar="S",
        help="with --wait: how long, in seconds (120)",
    )
    which = parser.group(
        "which lines",
        "--level never drops a line whose level is unknown. A line without a time counts as written "
        f"with the previous line; a time in a line has no zone if it is UTC. {TIMES}",
    )
    which.add_argument(
        "--grep", action=Once, type=pattern, metavar="REGEX", help="only lines that match"
    )
    which.add_argument("-i", "--ignore-case", action="store_true", help="with --grep: of any case")
    which.add_argument("--invert", action="store_true", help="with --grep: lines that don't match")
    which.add_argument(
        "--level",
        action=Once,
        type=level,
        choices=levels(),
        metavar="LEVEL",
        help="only this level and more severe ones, such as WARNING",
    )
    add_times(which, "lines written")
    which.add_argument(
        "-n",
        "--tail",
        action=Once,
        type=count_from(0),
        metavar="N",
        help="only the last N of the lines that are there",
    )
    output = parser.group("output")
    form = output.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument("--raw", action="store_true", help="lines unchanged, on a terminal too")
    add_file(output, "write the lines to FILE, whole or not at all")
    add_api_options(parser)


def _add_list(commands: _Commands) -> None:
    parser = commands.add_parser(
        "list",
        help="list the calls of agents or of a batch",
        usage="cartesia-calls list --agent ID [options]",
        about="List calls, newest first. `cartesia-calls agents` shows the agents' ids.",
        notes="""\
examples:
  cartesia-calls list --agent agent_123 --since 'yesterday 14:00' -n 20
  cartesia-calls list --agent agent_123 --agent agent_456 --status failed
  cartesia-calls list --agent agent_123 | cut -f 1     # the ids
  cartesia-calls list --batch batch_123 --json --expand
""",
    )
    whose = parser.group("whose calls; one is needed").add_mutually_exclusive_group(required=True)
    add_agent(whose)
    whose.add_argument(
        "--batch", action=Once, type=batch_id, metavar="ID", help="the calls of this batch"
    )
    which = parser.group("which calls", TIMES)
    add_status(which)
    add_times(which, "calls that started")
    which.add_argument(
        "-n",
        "--limit",
        action=Once,
        type=count_from(1),
        metavar="N",
        help="at most N calls; all by default",
    )
    output = parser.group("output")
    add_json(output)
    output.add_argument("--expand", action="store_true", help="with --json: the transcripts too")
    add_api_options(parser)


def _add_show(commands: _Commands) -> None:
    parser = commands.add_parser(
        "show",
        help="show calls' records and what happened during them",
        usage="cartesia-calls show CALL_ID... [options]",
        about="Show a call's record, and its transcript with tool calls, events and metrics in order "
        "of time.",
        notes="""\
examples:
  cartesia-calls show ac_123
  cartesia-calls show ac_123 ac_456 --json
""",
    )
    add_call_ids(parser)
    add_json(parser.group("output"))
    add_api_options(parser)


def _add_audio(commands: _Commands) -> None:
    parser = commands.add_parser(
        "audio",
        help="download calls' recordings",
        usage="cartesia-calls audio CALL_ID... [options]",
        about="Write the recording of a call that is over to a WAV file, whole or not at all.",
        notes="""\
examples:
  cartesia-calls audio ac_123                    # writes ac_123.wav
  cartesia-calls audio ac_123 -o call.wav --force
  cartesia-calls audio ac_123 -o - | ffplay -
""",
    )
    add_call_ids(parser)
    add_file(parser.group("output"), "write to FILE in the place of CALL_ID.wav")
    add_api_options(parser)


def _add_export(commands: _Commands) -> None:
    parser = commands.add_parser(
        "export",
        help="keep the logs of agents' calls, in files or object storage",
        usage="cartesia-calls export --agent ID... --to TARGET [options]",
        about="Write the logs of agents' calls to a folder or an fsspec URL, before retention removes "
        "them. Run it again, by hand or by cron: it fetches only what is missing or may have changed.",
        notes="""\
examples:
  cartesia-calls export --agent agent_123 --to calls
  cartesia-calls export --agent agent_123 --since 3d --to s3://acme/calls \\
    --format parquet --include logs,record,transcript

It ends with 0 when everything that can be kept is kept, and with 5 when a call
failed or an agent is unknown. --strict ends with 5 for each call that is not
there: running, deleted, expired.
""",
    )
    which = parser.group("which calls", TIMES)
    which.add_argument(
        "--agent",
        type=agent_id,
        nargs="+",
        action="extend",
        required=True,
        metavar="ID",
        help="the calls of these agents; needed",
    )
    add_times(which, "calls that started")
    add_status(which)
    which.add_argument(
        "--shard", action=Once, type=shard, metavar="I/N", help="one part of N, such as 1/4"
    )
    what = parser.group("what and where")
    what.add_argument(
        "--to",
        action=Once,
        type=path,
        required=True,
        metavar="TARGET",
        help="a folder, or a URL such as s3://bucket/calls; needed",
    )
    what.add_argument(
        "--format",
        action=Once,
        choices=("ndjson", "parquet"),
        default="ndjson",
        help="ndjson (the default) or parquet",
    )
    what.add_argument(
        "--include",
        action=Once,
        type=words("logs", "record", "transcript", "audio"),
        default=("logs",),
        metavar="PARTS",
        help="logs (the default), record, transcript, audio; one or more, with commas between them",
    )
    what.add_argument(
        "--refresh", action="store_true", help="fetch again what is in the target already"
    )
    pace = parser.group("pace", "Both are lowered while the server responds with 429.")
    pace.add_argument(
        "--concurrency",
        action=Once,
        type=count_from(1, most=100),
        default=8,
        metavar="N",
        help="at most N requests at once (8); up to 100",
    )
    pace.add_argument(
        "--rate", action=Once, type=rate, metavar="R", help="at most R requests a second; unbounded"
    )
    output = parser.group("output")
    output.add_argument("--json", action="store_true", help="write each event as a line of JSON")
    output.add_argument(
        "--strict", action="store_true", help="end with 5 if any call is not in the target"
    )
    add_api_options(parser)


def _add_cancel(commands: _Commands) -> None:
    parser = commands.add_parser(
        "cancel",
        help="end running calls",
        usage="cartesia-calls cancel CALL_ID... [options]",
        about="End calls that are running.",
        notes="example:\n  cartesia-calls cancel ac_123\n",
    )
    add_call_ids(parser)
    add_api_options(parser)


def _add_delete(commands: _Commands) -> None:
    parser = commands.add_parser(
        "delete",
        help="erase what calls hold, their logs included",
        usage="cartesia-calls delete CALL_ID... [options]",
        about="Erase the logs, transcript, recording, summary, metadata and phone numbers of calls "
        "that are over. It asks first. It can't be undone.",
        notes="examples:\n  cartesia-calls delete ac_123\n"
        "  cartesia-calls delete ac_123 ac_456 --yes\n",
    )
    add_call_ids(parser)
    parser.add_argument("--yes", action="store_true", help="don't ask")
    add_api_options(parser)


def _add_agents(commands: _Commands) -> None:
    parser = commands.add_parser(
        "agents",
        help="list the account's agents",
        usage="cartesia-calls agents [options]",
        about="List the agents of the account.",
        notes="examples:\n  cartesia-calls agents\n  cartesia-calls agents | cut -f 1,2\n",
    )
    add_json(parser.group("output"))
    add_api_options(parser)


def _add_doctor(commands: _Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check the settings and the connection to the server",
        usage="cartesia-calls doctor [options]",
        about="Show each setting, where it came from, and whether the server responds and accepts "
        "the key. The key is shown masked.",
        notes="examples:\n  cartesia-calls doctor\n  cartesia-calls doctor --json\n",
    )
    parser.group("output").add_argument("--json", action="store_true", help="one JSON object")
    add_api_options(parser)


def _add_sandbox(commands: _Commands) -> None:
    parser = commands.add_parser(
        "sandbox",
        help="start a local server with example calls",
        usage="cartesia-calls sandbox [options]",
        about="Start a local server that behaves as the API's spec says, to try commands and to test "
        "your own code against. Ctrl-C stops it.",
        notes="examples:\n  cartesia-calls sandbox\n  cartesia-calls sandbox --port 8765 --json\n",
    )
    parser.add_argument(
        "--port", action=Once, type=port, default=0, metavar="N", help="a free one by default"
    )
    parser.add_argument("--json", action="store_true", help="print where it is as one JSON object")


def _add_demo(commands: _Commands) -> None:
    commands.add_parser(
        "demo",
        help="see it work, without a key or an account",
        usage="cartesia-calls demo",
        about="Start the sandbox and run commands against it: calls listed, one of them in detail, "
        "its logs, logs followed, and each reason for missing logs.",
        notes="example:\n  cartesia-calls demo\n",
    )


def _add_completion(commands: _Commands) -> None:
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        usage="cartesia-calls completion {bash,zsh,fish}",
        about="Print a script that completes the words of this command.",
        notes="""\
examples:
  eval "$(cartesia-calls completion bash)"       # in ~/.bashrc
  cartesia-calls completion zsh > "${fpath[1]}/_cartesia-calls"
  cartesia-calls completion fish > ~/.config/fish/completions/cartesia-calls.fish
""",
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
