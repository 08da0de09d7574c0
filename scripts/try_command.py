"""Try an installed `cartesia-calls` of another environment against the sandbox of this one.

    python scripts/try_command.py PATH/TO/cartesia-calls

`nox -s build` runs it on the wheel, installed alone: what the extras bring must not be needed to
read a call's logs.
"""

import json
import os
import subprocess
import sys

from _console import ScriptError, complain, say
from cartesia_calls.sandbox import Sandbox

_LONGEST_RUN = 60


def main() -> int:
    """Run the command and compare what it prints with what the sandbox serves.

    Returns:
        0 when the logs come through, 1 when they don't. (Wrong usage exits with 2.)
    """
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.stderr.write("usage: try_command.py PATH/TO/cartesia-calls\n")
        return 2
    try:
        with Sandbox() as sandbox:
            lines = _lines(sys.argv[1], sandbox)
        say(f"{sys.argv[1]} shows {lines} lines of the sandbox's example call.")
    except ScriptError as error:
        return complain(error)
    return 0


def _lines(command: str, sandbox: Sandbox) -> int:
    done = subprocess.run(  # noqa: S603 - the command that the maintainer names
        [command, "logs", sandbox.calls.finished, "--json"],
        env={
            "PATH": os.environ["PATH"],
            "CARTESIA_BASE_URL": sandbox.url,
            "CARTESIA_API_KEY": sandbox.api_key,
        },
        capture_output=True,
        text=True,
        timeout=_LONGEST_RUN,
        check=False,
    )
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    if done.returncode or not rows or rows[0]["call_id"] != sandbox.calls.finished:
        raise ScriptError(
            f"{command} exits with {done.returncode} and shows {len(rows)} lines.",
            done.stderr.strip() or "It says nothing on stderr.",
        )
    return len(rows)


if __name__ == "__main__":
    sys.exit(main())
