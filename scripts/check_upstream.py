"""Compare openapi/latest.yml with upstream: the changes, their verdicts, and our dependencies on them.

    python scripts/check_upstream.py [SOURCE...] [--json] [--markdown FILE]

A source is a reference page (Markdown) or a plain OpenAPI document (named .yml, .yaml or .json), given
as a path or an https:// URL; without any, the URLs in openapi/sources.yml are fetched. A page describes
its own operation; a plain document describes all operations.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from _console import ROOT, ScriptError, add_path, complain, needed_libraries, say

CANNOT_CHECK = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 if there is no drift, prose aside; 1 if there is drift that the provider's rules allow, or a
        page corrects facts; 2 if there is breaking drift; 3 if the check failed, or the report
        cannot be written.
    """
    options = _parser().parse_args(arguments)
    try:
        return _check(options)
    except ScriptError as error:
        complain(error)
        return CANNOT_CHECK


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # it ends too
        """Exit with 3, because 2 means breaking drift."""
        self.print_usage(sys.stderr)
        self.exit(CANNOT_CHECK, f"{self.prog}: error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        description="Compare openapi/latest.yml with upstream.",
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
    add_path(parser, "--spec", "openapi/latest.yml", "the vendored spec")
    add_path(parser, "--sources", "openapi/sources.yml", "the record of sources")
    return parser


def _check(options: argparse.Namespace) -> int:
    with needed_libraries("Run `nox -s check-upstream -- SOURCE…`."):
        from upstream_check import check, report  # noqa: PLC0415 - libraries may be missing

    findings = check.check(
        options.sources_given, spec=options.spec, record=options.sources, root=ROOT
    )
    if options.markdown is not None:
        try:
            options.markdown.write_text(report.as_markdown(findings), encoding="utf-8")
        except OSError as error:
            raise ScriptError(
                f"Cannot write {options.markdown}: {error.strerror}.",
                "Name a file that can be written.",
            ) from error
    text = report.as_json(findings) if options.json else report.as_text(findings)
    say(text.rstrip("\n"))
    return findings.verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
