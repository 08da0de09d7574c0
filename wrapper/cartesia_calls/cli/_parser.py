"""What can be typed: commands, arguments and options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cartesia_calls import __version__

from ._arguments import CommandParser, Suggestions
from ._option_types import (
    agent_id,
    batch_id,
    call_id,
    count_from,
    level,
    levels,
    moment,
    offset,
    one_of,
    path,
    pattern,
    port,
    rate,
    seconds,
    shard,
    status,
    statuses,
    words,
)
from ._redact import add_redaction

if TYPE_CHECKING:
    from ._arguments import Options

_Add = Callable[..., CommandParser]

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
  CARTESIA_ENGINE     what sends requests: auto, fast or httpx
  NO_COLOR            write no colours
  FORCE_COLOR         write colours into pipes and files too

Output is text, on a terminal and in a pipe; --json writes JSON, one object a
line. In a pipe, lists are tab-separated and have no header.
"""
_TIMES = (
    "A TIME is a span back from now (90s, 1h30m, 2d), or a day, a time of day or both: 2026-03-01, "
    "2026-03-01T10:00Z, 'today 09:30', 'yesterday 14:00', 'monday' (the last one), '2026-03-01 "
    "10:00 Europe/Berlin'. Without a zone it is local time."
)


def build_parser() -> CommandParser:
    """Return the parser of the whole command line."""
    return build_parsers()[0]


def build_parsers() -> tuple[CommandParser, dict[str, CommandParser]]:
    """Return the parser of the whole command line, and those of its commands by name."""
    parser = CommandParser(
        "cartesia-calls",
        words="COMMAND [options]",
        about="Know what happened in a Cartesia voice-agent call.",
        notes=_NOTES,
    )
    parser.add_argument("--version", action="version", version=f"cartesia-calls {__version__}")
    _connection(parser, verbose="verbose", default=None)
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        title="commands",
        prog=parser.prog,
        parser_class=CommandParser,
    )

    def add(name: str, words: str, brief: str, about: str, *examples: str) -> CommandParser:
        notes = "\n".join(["examples:", *(f"  cartesia-calls {one}" for one in examples)])
        return commands.add_parser(name, help=brief, words=words, about=about, notes=notes)

    for add_command in (
        *(_add_logs, _add_list, _add_show, _add_audio, _add_export, _add_otel, _add_mcp),
        *(_add_cancel, _add_delete, _add_agents, _add_doctor, _add_sandbox, _add_demo),
        _add_completion,
    ):
        add_command(add)
    return parser, dict(commands.choices)


def _add_logs(add: _Add) -> None:
    parser = add(
        "logs",
        "CALL_ID [options]",
        "show a call's runtime logs",
        "Show the lines that an agent's code logged during a call. On a terminal they are coloured "
        "by level, and control characters are shown as escapes.",
        "logs ac_123 --wait",
        "logs ac_123 --level WARNING --since 10m -n 50",
        "logs ac_123 --follow --grep 'tool|traceback' -i",
        "logs ac_123 --json | jq -r 'select(.level == \"ERROR\").text'",
        "logs ac_123 --redact -o call.log      # to share it",
    )
    parser.add_argument("call_id", metavar="CALL_ID", type=call_id, help="such as ac_123, or a URL")
    coming = parser.group("logs that are still to come")
    one = coming.add_mutually_exclusive_group()
    _flag(one, "--wait", does="wait until there are logs")
    _flag(one, "-f", "--follow", does="show each line as it appears, until the call is over")
    _value(coming, "--timeout", "S", seconds, "with --wait: how long, in seconds (120)")
    which = parser.group(
        "which lines",
        "--level never drops a line whose level is unknown. A line without a time counts as written "
        f"with the previous line. {_TIMES} In a log line without a zone it is UTC.",
    )
    _value(which, "--grep", "REGEX", pattern, "only lines that match")
    _flag(which, "-i", "--ignore-case", does="with --grep: in any case")
    _flag(which, "--invert", does="with --grep: only lines that don't match")
    severe = "only this level and more severe ones, such as WARNING"
    _value(which, "--level", "LEVEL", level, severe, choices=levels())
    _times(which, "lines written")
    last = "only the last N of the lines that are there"
    _value(which, "-n", "--tail", "N", count_from(0), last)
    output = parser.group("output")
    form = output.add_mutually_exclusive_group()
    _json(form)
    _flag(form, "--raw", does="lines unchanged, on a terminal too")
    _file(output, "write the lines to FILE, whole or not at all")
    add_redaction(output)
    _connection(parser)


def _add_list(add: _Add) -> None:
    parser = add(
        "list",
        "--agent ID [options]",
        "list the calls of agents or of a batch",
        "List calls, newest first. `cartesia-calls agents` shows the agents' ids.",
        "list --agent agent_123 --since 'yesterday 14:00' -n 20",
        "list --agent agent_123 --agent agent_456 --status failed",
        "list --agent agent_123 | cut -f 1     # the ids",
        "list --batch batch_123 --json --expand",
    )
    whose = parser.group("whose calls; one is needed").add_mutually_exclusive_group(required=True)
    one_agent = "the calls of this agent; may be given again"
    _value(whose, "--agent", "ID", agent_id, one_agent, action="append")
    _value(whose, "--batch", "ID", batch_id, "the calls of this batch")
    which = parser.group("which calls", _TIMES)
    _status(which)
    _times(which, "calls that started")
    _value(which, "-n", "--limit", "N", count_from(1), "at most N calls; all by default")
    output = parser.group("output")
    _json(output)
    _flag(output, "--expand", does="with --json: the transcripts too")
    _connection(parser)


def _add_show(add: _Add) -> None:
    parser = add(
        "show",
        "CALL_ID... [options]",
        "show calls' records and what happened during them",
        "Show a call's record, and its transcript with tool calls, events and metrics in order of "
        "time.",
        "show ac_123",
        "show ac_123 ac_456 --json",
    )
    _call_ids(parser)
    output = parser.group("output")
    _json(output)
    add_redaction(output)
    _connection(parser)


def _add_audio(add: _Add) -> None:
    parser = add(
        "audio",
        "CALL_ID... [options]",
        "download calls' recordings",
        "Write the recording of a call that is over to a WAV file, whole or not at all.",
        "audio ac_123                    # writes ac_123.wav",
        "audio ac_123 -o call.wav --force",
        "audio ac_123 -o - | ffplay -",
    )
    _call_ids(parser)
    _file(parser.group("output"), "write to FILE instead of CALL_ID.wav")
    _connection(parser)


def _add_export(add: _Add) -> None:
    parser = add(
        "export",
        "--agent ID... --to TARGET [options]",
        "keep the logs of agents' calls, in files or object storage",
        "Write the logs of agents' calls to a folder or an fsspec URL, before retention removes "
        "them. Run it again, by hand or by cron: it fetches only what is missing or may have "
        "changed. It exits with 0 when everything that can be kept is kept, and with 5 when a call "
        "failed or an agent is unknown; with --strict also when a call is running, deleted or "
        "expired.",
        "export --agent agent_123 --to calls",
        "export --agent agent_123 --since 3d --to s3://acme --strict",
    )
    which = parser.group("which calls", _TIMES)
    which.add_argument(
        "--agent",
        type=agent_id,
        nargs="+",
        action="extend",
        required=True,
        metavar="ID",
        help="the calls of these agents; needed",
    )
    _times(which, "calls that started")
    _status(which)
    _value(which, "--shard", "I/N", shard, "one part of N, such as 1/4")
    what = parser.group("what and where")
    target = "a folder, or a URL such as s3://bucket/calls; needed"
    _value(what, "--to", "TARGET", path, target, required=True)
    formats = ("ndjson", "parquet")
    one = "ndjson (the default) or parquet"
    _value(what, "--format", "F", one_of(*formats), one, choices=formats, default="ndjson")
    parts = ("logs", "record", "transcript", "tools", "audio")
    some = f"one or more of {','.join(parts)}; logs by default"
    _value(what, "--include", "PARTS", words(*parts), some, default=("logs",))
    _flag(what, "--refresh", does="fetch again what is in the target already")
    add_redaction(what)
    pace = parser.group("pace", "Both are lowered while the server responds with 429.")
    at_once = "at most N requests at once (8); up to 100"
    _value(pace, "--concurrency", "N", count_from(1, most=100), at_once, default=8)
    _value(pace, "--rate", "R", rate, "at most R requests a second; unbounded by default")
    output = parser.group("output")
    _flag(output, "--json", does="write each event as a line of JSON")
    _flag(output, "--strict", does="exit with 5 if any call is not in the target")
    _connection(parser)


def _add_otel(add: _Add) -> None:
    parser = add(
        "otel",
        "CALL_ID... | --agent ID [options]",
        "send calls to an OpenTelemetry receiver",
        "Send calls that are over as traces and log records, over OTLP/HTTP. The standard variables "
        "say where, such as OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS. A call that "
        "is sent again has the same ids.",
        "otel ac_123",
        "otel --agent agent_123 --since 1h --redact",
    )
    parser.add_argument("call_ids", metavar="CALL_ID", nargs="*", type=call_id, help="or --agent")
    which = parser.group("which calls", _TIMES)
    one_agent = "the calls of this agent; may be given again"
    _value(which, "--agent", "ID", agent_id, one_agent, action="append")
    _times(which, "calls that started")
    what = parser.group("what is sent")
    _value(
        what, "--log-offset", "S", offset, "seconds to add to the times of the logs", default=0.0
    )
    add_redaction(what)
    _json(parser.group("output"))
    _connection(parser)


def _add_mcp(add: _Add) -> None:
    parser = add(
        "mcp",
        "[options]",
        "let an assistant read calls (Model Context Protocol)",
        "Serve tools that read calls over stdin and stdout, for an assistant to start. No tool "
        "changes anything. Secrets and personal data are replaced by placeholders, which lowers the "
        "risk but is no guarantee.",
        "mcp",
        "mcp --no-redact",
    )
    what = parser.group("what is shown")
    _flag(what, "--no-redact", does="show secrets and personal data")
    more = "redact what matches, too; may be given again"
    _value(what, "--redact-pattern", "REGEX", pattern, more, action="append")
    _connection(parser)


def _add_cancel(add: _Add) -> None:
    about = "End calls that are running."
    parser = add("cancel", "CALL_ID... [options]", "end running calls", about, "cancel ac_123")
    _call_ids(parser)
    _connection(parser)


def _add_delete(add: _Add) -> None:
    parser = add(
        "delete",
        "CALL_ID... [options]",
        "erase what calls hold, their logs included",
        "Erase the logs, transcript, recording, summary, metadata and phone numbers of calls that "
        "are over. It asks first. It can't be undone.",
        "delete ac_123",
        "delete ac_123 ac_456 --yes",
    )
    _call_ids(parser)
    _flag(parser, "--yes", does="don't ask")
    _connection(parser)


def _add_agents(add: _Add) -> None:
    parser = add(
        "agents",
        "[options]",
        "list the account's agents",
        "List the agents of the account.",
        "agents",
        "agents | cut -f 1,2     # their ids and names",
    )
    _json(parser.group("output"))
    _connection(parser)


def _add_doctor(add: _Add) -> None:
    parser = add(
        "doctor",
        "[options]",
        "check the settings and the connection to the server",
        "Show each setting, where it came from, and whether the server responds and accepts the "
        "key. The key is shown masked.",
        "doctor",
        "doctor --base-url http://127.0.0.1:8765 -v",
    )
    _flag(parser.group("output"), "--json", does="one JSON object")
    _connection(parser)


def _add_sandbox(add: _Add) -> None:
    parser = add(
        "sandbox",
        "[options]",
        "start a local server with example calls",
        "Start a local server that behaves as the API's spec says, to try commands and to test your "
        "own code against. Ctrl-C stops it.",
        "sandbox",
        "sandbox --port 8765 --json",
    )
    _value(parser, "--port", "N", port, "a free one by default", default=0)
    _flag(parser, "--json", does="print where it is as one JSON object")


def _add_demo(add: _Add) -> None:
    add(
        "demo",
        "",
        "see it work, without a key or an account",
        "Start the sandbox and run commands against it: calls listed, one of them in detail, its "
        "logs, logs followed, and each reason for missing logs.",
        "demo",
    )


def _add_completion(add: _Add) -> None:
    parser = add(
        "completion",
        "SHELL",
        "print a completion script for your shell",
        "Print a script that completes the words of this command.",
        "completion bash >> ~/.bash_completion",
        'completion zsh > "${fpath[1]}/_cartesia-calls"',
        "completion fish | source",
    )
    shells = ("bash", "zsh", "fish")
    parser.add_argument("shell", metavar="SHELL", type=one_of(*shells), choices=shells)


def _flag(options: Options, *names: str, does: str) -> None:
    options.add_argument(*names, action="store_true", help=does)


def _value(options: Options, *words: Any, **settings: Any) -> None:  # noqa: ANN401 - as add_argument
    """Add an option: its names, what its value is called, what reads it, and what it does."""
    *names, metavar, read, does = words
    options.add_argument(*names, metavar=metavar, type=read, help=does, **settings)


def _call_ids(parser: CommandParser) -> None:
    ids = "such as ac_123, or a URL"
    parser.add_argument("call_ids", metavar="CALL_ID", nargs="+", type=call_id, help=ids)


def _status(options: Options) -> None:
    known = statuses()
    only = f"only calls with this status: {', '.join(known)}; may be given again"
    _value(options, "--status", "S", status, only, action="append", choices=Suggestions(known))


def _times(options: Options, what: str) -> None:
    _value(options, "--since", "TIME", moment, f"only {what} at TIME or later")
    _value(options, "--until", "TIME", moment, f"only {what} before TIME")


def _json(options: Options) -> None:
    _flag(options, "--json", does="JSON, one object a line")


def _file(options: Options, what: str) -> None:
    _value(options, "-o", "--output", "FILE", path, f"{what}; - is stdout")
    _flag(options, "--force", does="overwrite a file that is there")


def _connection(
    parser: CommandParser,
    *,
    verbose: str = "more_verbose",
    default: str | None = argparse.SUPPRESS,
) -> None:
    """Add what stands before a command or after it; after it, only what is given counts."""
    options = parser.group("connection")
    _value(options, "--base-url", "URL", str, "where the API is", default=default)
    a_date = "the API version, YYYY-MM-DD"
    _value(options, "--api-version", "DATE", str, a_date, default=default)
    more = "show retries and details of errors; -vv: each request"
    options.add_argument("-v", "--verbose", action="count", dest=verbose, default=0, help=more)
