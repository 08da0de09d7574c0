"""Try an installed `cartesia-calls` of another environment against the sandbox of this one.

    python scripts/try_command.py PATH/TO/cartesia-calls

`nox -s build` runs it on the wheel and the sdist, installed without extras, which reading the logs of
a call must not need.
"""

import json
import os
import subprocess
import sys

from cartesia_calls.sandbox import Sandbox


def main(command: str) -> None:
    """Run the command, and exit with an error if it does not print the logs of the example call."""
    with Sandbox() as sandbox:
        call = sandbox.calls.finished
        done = subprocess.run(  # noqa: S603 - the command that the maintainer names
            [command, "logs", call, "--json"],
            env={
                "PATH": os.environ["PATH"],
                "CARTESIA_BASE_URL": sandbox.url,
                "CARTESIA_API_KEY": sandbox.api_key,
            },
            stdout=subprocess.PIPE,
            timeout=60,
            check=True,
        )
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    if not rows or rows[0]["call_id"] != call:
        sys.exit(f"error: {command} prints {len(rows)} lines instead of the logs of {call}.")
    sys.stdout.write(f"{command} prints the {len(rows)} log lines of the example call.\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
