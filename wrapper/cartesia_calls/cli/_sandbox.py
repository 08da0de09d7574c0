"""Start a local server that behaves as the API's spec says.

Try commands and test your own code against it. Ctrl-C stops it.

[options]

sandbox
sandbox --port 8765 --json
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from ._errors import ExitCode, Failure
from ._options import Arguments, CommandParser, count

if TYPE_CHECKING:
    from cartesia_calls.sandbox import Sandbox


def add_options(parser: CommandParser) -> None:
    parser.value("--port", "N", count(0, 65535), "a free one by default", default=0)
    parser.flag("--json", does="print its address, key and ids as one JSON object")


def run(arguments: Arguments) -> None:
    """Serve until Ctrl-C or SIGTERM, which end this command with 0."""
    from cartesia_calls.sandbox import Sandbox, SandboxError  # noqa: PLC0415 - an extra

    describe = _as_json if arguments.json else _as_text
    try:
        sandbox = Sandbox(port=arguments.port)
        sandbox.serve_forever(on_started=lambda: print(describe(sandbox), flush=True))
    except SandboxError as error:
        raise Failure(str(error), code=ExitCode.LOCAL_FAILURE) from error


def _as_json(sandbox: Sandbox) -> str:
    names = ("url", "api_key", "refused_api_key", "api_version", "batch_id")
    facts = {name: getattr(sandbox, name) for name in names}
    return json.dumps({**facts, "calls": asdict(sandbox.calls), "agents": asdict(sandbox.agents)})


def _as_text(sandbox: Sandbox) -> str:
    calls, agents = sandbox.calls, sandbox.agents
    return f"""\
The sandbox is at {sandbox.url}; Ctrl-C stops it. In another shell:

  export CARTESIA_BASE_URL={sandbox.url}
  export CARTESIA_API_KEY={sandbox.api_key}

  cartesia-calls list --agent {agents.busy} --since 2d  # calls in every state
  cartesia-calls show {calls.finished} --logs    # what happened in a call
  cartesia-calls logs {calls.finished}           # logs that are there
  cartesia-calls logs {calls.running} -f         # logs that appear as you watch
  cartesia-calls logs {calls.just_ended} --wait  # logs that come after the call
  cartesia-calls logs {calls.expired}            # logs that are gone
  cartesia-calls logs {calls.unknown}            # no such call
  cartesia-calls audio {calls.finished}          # a recording that plays

Every key of the form sk_car_… is accepted, except {sandbox.refused_api_key}."""
