"""Compare openapi/latest.yml with what upstream says now: what moved, whom it breaks, what it touches.

    python scripts/check_upstream.py [SOURCE...] [--json] [--markdown FILE]

A source is a reference page (Markdown) or a plain OpenAPI document (named .yml, .yaml or .json), given
as a path or an https:// URL; with none, the pages in openapi/sources.yml are fetched. A page speaks of
the operations that it holds; a plain document of all there are.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from _console import ScriptError, complain, needed_libraries, say

ROOT = Path(__file__).resolve().parents[1]
CANNOT_CHECK = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 if there is no drift, prose aside; 1 if there is drift that the provider's rules allow, or a
        page knows better than facts; 2 if there is breaking drift; 3 if it can't be checked, or the
        report can't be written.
    """
    options = _parser().parse_args(arguments)
    try:
        return _check(options)
    except ScriptError as error:
        complain(error)
        return CANNOT_CHECK


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # it ends too
        """End with 3, as 2 means breaking drift."""
        self.print_usage(sys.stderr)
        self.exit(CANNOT_CHECK, f"{self.prog}: error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        description="Compare openapi/latest.yml with what upstream says now.",
        epilog="exit codes: 0 no drift (prose aside), 1 drift that the provider's rules allow "
        "or facts known better now, 2 breaking drift, 3 could not check",
    )
    parser.add_argument(
        "sources_given", nargs="*", metavar="SOURCE", help="a page or a spec: a path or a URL"
    )
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write it as Markdown as well"
    )
    # Node is never needed now; scripts that were written when it was may still say so.
    parser.add_argument("--without-redocly", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--spec",
        type=Path,
        default=ROOT / "openapi" / "latest.yml",
        help="the vendored spec (default: openapi/latest.yml)",
    )
    parser.add_argument(
        "--sources",
        type=Path,
        default=ROOT / "openapi" / "sources.yml",
        help="the record of sources (default: openapi/sources.yml)",
    )
    return parser


def _check(options: argparse.Namespace) -> int:
    with needed_libraries("Run `nox -s check-upstream -- SOURCE…`."):
        from upstream_check import check, report  # noqa: PLC0415 - libraries may be missing

    findings = check.check(
        options.sources_given, spec=options.spec, record=options.sources, root=ROOT
    )
    if options.markdown is not None:
        _write(options.markdown, report.as_markdown(findings))
    text = report.as_json(findings) if options.json else report.as_text(findings)
    say(text.rstrip("\n"))
    return findings.verdict.exit_code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScriptError(
            f"Cannot write {path}: {error.strerror}.", "Name a file that can be written."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
