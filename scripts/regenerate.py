"""Generate the package cartesia_api from the vendored spec, or check that it is up to date.

    python scripts/regenerate.py           generate, and replace the whole folder
    python scripts/regenerate.py --check   generate elsewhere and compare; change nothing

The bytes depend only on the spec, generator-config.yaml, scripts/templates and the versions pinned in
pyproject.toml.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from _console import ROOT, ScriptError, add_path, complain, needed_libraries, say
from _files import describe_differences, replace_folder
from _toolchain import HEADER_START, INSTALL_HINT, check_toolchain

REPAIR = "nox -s regenerate"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 when done or equal; 1 when generation failed or `--check` found a difference; 3 when
        the pinned tools are not installed. (Wrong usage exits with 2.)
    """
    options = _parser().parse_args(arguments)
    spec: Path = options.spec
    output: Path = options.output
    try:
        if not options.check:
            _refuse_to_replace_foreign_files(output)
        check_toolchain(ROOT)
        with tempfile.TemporaryDirectory(prefix="regenerate-") as temporary:
            fresh = Path(temporary).resolve() / "cartesia_api"
            with needed_libraries(INSTALL_HINT):
                from _generator import generate  # noqa: PLC0415 - once it is known to be installed
            generate(spec, _shown(spec), fresh, root=ROOT)
            if options.check:
                return _check(fresh, output)
            _replace(fresh, output)
    except ScriptError as error:
        return complain(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Generate the package cartesia_api from the vendored spec."
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the current files, and change nothing"
    )
    add_path(parser, "--spec", "openapi/latest.yml", "the OpenAPI document")
    add_path(parser, "--output", "generated/cartesia_api", "the package's folder")
    return parser


def _check(fresh: Path, output: Path) -> int:
    differences = describe_differences(fresh, output)
    if not differences:
        say(f"{_shown(output)} is what the generator makes of the spec.")
        return 0
    for line in differences:
        say(line)
    raise ScriptError(
        f"{_shown(output)} is not what the generator makes of the spec.", f"Run `{REPAIR}`."
    )


def _replace(fresh: Path, output: Path) -> None:
    try:
        changed = bool(describe_differences(fresh, output))
        if changed:
            replace_folder(fresh, output)
    except OSError as error:
        raise ScriptError(
            f"Cannot replace {_shown(output)}: {error.strerror}.",
            "The old folder is unchanged. Make its parent writable and run this again.",
        ) from error
    say(f"{_shown(output)} {'is regenerated' if changed else 'was up to date'}.")


def _refuse_to_replace_foreign_files(output: Path) -> None:
    """Refuse to replace a folder that was not generated."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    marker = output / "__init__.py"
    if marker.is_file() and marker.read_bytes().startswith(HEADER_START.encode()):
        return
    raise ScriptError(
        f"{_shown(output)} has files that were not generated, so it was not changed.",
        "Move it away, or give another folder with --output.",
    )


def _shown(path: Path) -> str:
    resolved = path.resolve()
    return resolved.relative_to(ROOT).as_posix() if resolved.is_relative_to(ROOT) else path.name


if __name__ == "__main__":
    outside = os.environ.get("PYTHONPATH", "").split(os.pathsep)  # may hold another generator
    sys.path[:] = [folder for folder in sys.path if folder not in outside]
    sys.exit(main())
