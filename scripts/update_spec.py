"""Turn a change upstream into a change that can be reviewed, or change nothing.

    python scripts/update_spec.py [SOURCE...]

Compares, vendors, regenerates, checks types and runs the tests in a copy of the checkout. If every step
succeeds, the results are copied back: openapi/, generated/cartesia_api, the documents of the contract
tests, and the report. `nox -s update-spec` installs its requirements.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from _console import NOT_INSTALLED, ROOT, ScriptError, complain, needed_libraries, say
from _files import describe_differences, replace_files, replace_folder

_PACKAGE = Path("generated", "cartesia_api")
_FILES = (
    Path("openapi", "latest.yml"),
    Path("openapi", "sources.yml"),
    Path("docs", "internals", "contract.md"),
    Path("tests", "contract", "snapshot.txt"),
)
_CHANGE_THE_WRAPPER = (
    "The report above names the methods that depend on the change. Vendor and regenerate by hand "
    "(docs/internals/refresh-the-spec.md), and change the wrapper with it."
)
_NOT_COPIED = (".*", "__pycache__", "node_modules", "dist", "build")


@dataclass(frozen=True)
class _Step:
    """A program of the checkout, and the advice if it fails.

    `fine` are the exit codes of success. `makes` is a file that must exist afterwards,
    since a crash exits with 1, as allowed drift does.
    """

    what: str
    command: list[str]
    repair: str
    fine: tuple[int, ...] = (0,)
    makes: Path | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 if done; 1 if a step failed; 3 if there was nothing to compare with, or a library is not
        installed. After 1 and 3 the checkout is unchanged. (Wrong usage exits with 2.)
    """
    options = _parser().parse_args(arguments)
    report: Path = options.report.resolve()
    try:
        sources = [_for_any_folder(source) for source in options.sources or _recorded_pages()]
        with tempfile.TemporaryDirectory(prefix="update-spec-") as temporary:
            copy, new_report = Path(temporary, "checkout"), Path(temporary, "report.md")
            _copy_checkout(copy)
            for step in _steps(sources, new_report):
                _run(step, copy)
            _put_in_place(copy, new_report, report)
        say(
            f"The report is {options.report}; read it with `git diff openapi generated tests docs`."
        )
    except ScriptError as error:
        return complain(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Update the spec and the generated client from upstream."
    )
    parser.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="a reference page or a spec, a path or an https:// URL "
        "(default: the pages that openapi/sources.yml records)",
    )
    parser.add_argument(
        "--report",
        type=Path,
        default=Path("spec-drift.md"),
        help="where to write the report, as Markdown (default: spec-drift.md)",
    )
    return parser


def _recorded_pages() -> list[str]:
    with needed_libraries("Run `nox -s update-spec`."):
        from _provenance import load_provenance  # noqa: PLC0415 - its library may not be installed
    entries = load_provenance(ROOT / "openapi" / "sources.yml").values()
    pages = {entry.source: None for entry in entries if entry.origin == "page"}
    if not pages:
        raise ScriptError("openapi/sources.yml records no page.", "Name the pages or specs to use.")
    return [page if "://" in page else str(ROOT / page) for page in pages]


def _for_any_folder(source: str) -> str:
    """Return a path that means the same in the copy: relative if it is inside the checkout."""
    if "://" in source:
        return source
    path = Path(source).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _copy_checkout(copy: Path) -> None:
    try:
        ignored = shutil.ignore_patterns(*_NOT_COPIED)
        shutil.copytree(ROOT, copy, symlinks=True, ignore=ignored)
    except (OSError, shutil.Error) as error:
        raise ScriptError(
            f"The checkout cannot be copied: {error}.", "Make room in the temporary folder."
        ) from error


def _steps(sources: list[str], report: Path) -> list[_Step]:
    pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    steps = [
        _Step(
            "Comparing with upstream",
            ["scripts/check_upstream.py", *sources, "--markdown", str(report)],
            "Name other sources, or try again later.",
            fine=(0, 1, 2),  # no drift, allowed drift, breaking drift
            makes=report,
        ),
        _Step(
            "Vendoring",
            ["scripts/vendor_spec.py", *sources],
            "Correct what the output above names, or leave that source out.",
        ),
        _Step(
            "Regenerating",
            ["scripts/regenerate.py"],
            "Change generator-config.yaml or the source, as the output above says.",
        ),
        _Step(
            "Running the contract tests",
            [*pytest, "--write-docs", "tests/contract"],
            _CHANGE_THE_WRAPPER,
        ),
        _Step(
            "Checking types",
            ["-m", "mypy", "--no-incremental", "wrapper", "generated/cartesia_api"],
            _CHANGE_THE_WRAPPER,
        ),
        _Step(
            "Running the tests of the client and the sandbox",
            [*pytest, "-n", "auto", "--dist", "loadfile", "tests/unit", "tests/sandbox"],
            _CHANGE_THE_WRAPPER,
        ),
    ]
    if find_spec("mypy") is None:
        say("Types are not checked: mypy is not installed. Run `nox -s types` afterwards.")
        steps = [step for step in steps if "mypy" not in step.command]
    return steps


def _run(step: _Step, copy: Path) -> None:
    say(f"{step.what} …")
    layers = [str(copy / "generated"), str(copy / "wrapper")]
    done = subprocess.run(  # noqa: S603 - this interpreter, and programs of this checkout
        [sys.executable, *step.command],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(layers), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    is_made = step.makes is None or step.makes.is_file()
    if done.returncode not in step.fine or not is_made:
        raise ScriptError(
            f"{step.what} failed; see the output above. Nothing was changed.",
            step.repair,
            exit_code=NOT_INSTALLED if done.returncode == NOT_INSTALLED else 1,
        )


def _put_in_place(copy: Path, new_report: Path, report: Path) -> None:
    """Copy all results into the checkout, or none."""
    before = new_report.parent / "before"
    try:
        contents = {ROOT / name: (copy / name).read_bytes() for name in _FILES}
        contents[report] = new_report.read_bytes()
        shutil.copytree(ROOT / _PACKAGE, before)
        if describe_differences(copy / _PACKAGE, before):
            replace_folder(copy / _PACKAGE, ROOT / _PACKAGE)
        try:
            replace_files(contents)
        except OSError:
            replace_folder(before, ROOT / _PACKAGE)
            raise
    except OSError as error:
        raise ScriptError(
            f"Cannot write {error.filename}: {error.strerror}; nothing was changed.",
            "Make it writable, or name another file with --report.",
        ) from error


if __name__ == "__main__":
    sys.exit(main())
