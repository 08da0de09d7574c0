"""Vendor the provider's spec from its reference pages into openapi/latest.yml.

Run it with one page, some or all of them:

    python scripts/vendor_spec.py PAGE_OR_SPEC...

A source is a reference page (Markdown) or a plain OpenAPI document (named .yml, .yaml or .json),
given as a path or an https:// URL. What a run does to the operations already vendored:

- a source named again replaces all operations that came from it;
- an operation that a named source defines is taken from there, wherever it came from before;
- all others stay, with the components that they need;
- a component that no operation needs any more is left out.

So the result depends on the sources alone, not on the order or number of runs. Two sources that
define something differently are refused, and then nothing is written.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from _console import ScriptError, complain, needed_libraries

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 when done; 1 when the input is refused; 3 when a library is not installed. (Wrong usage
        exits with 2.)
    """
    options = _parser().parse_args(arguments)
    try:
        _vendor(options)
    except ScriptError as error:
        return complain(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Vendor reference pages or plain OpenAPI documents into latest.yml.",
        epilog="Operations from sources that are not named stay as they are.",
    )
    parser.add_argument(
        "sources_given", nargs="+", metavar="PAGE_OR_SPEC", help="a path or an https:// URL"
    )
    parser.add_argument(
        "--origin",
        choices=("page", "facts"),
        default="page",
        help="record the sources as taken from the provider's pages (default), "
        "or as written by hand from facts",
    )
    parser.add_argument(
        "--output",
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


def _vendor(options: argparse.Namespace) -> None:
    hint = "Run `nox -s vendor -- PAGE_OR_SPEC`, or install the dependency group `generator` here."
    with needed_libraries(hint):
        from _vendoring import vendor  # noqa: PLC0415 - its libraries may not be installed
    vendor(
        options.sources_given,
        origin=options.origin,
        output=options.output,
        record=options.sources,
        root=ROOT,
    )


if __name__ == "__main__":
    sys.exit(main())
