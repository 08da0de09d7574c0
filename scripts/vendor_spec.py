"""Vendor the provider's spec from its reference pages into openapi/latest.yml.

Run it with one page, some or all of them:

    python scripts/vendor_spec.py PAGE_OR_SPEC...

A source is a reference page (Markdown) or a plain OpenAPI document (named .yml, .yaml or .json),
given as a path or an https:// URL. A run changes the vendored operations as follows:

- A source that was vendored earlier replaces all operations that came from it.
- An operation that a named source defines is taken from there, whatever its earlier source.
- All others stay, with the components that they need.
- A component that no operation needs is removed.

So the result depends only on the sources, not on the order or number of runs. Two sources that define
something differently are refused, and nothing is written.
"""

import argparse
import sys
from collections.abc import Sequence

from _console import ROOT, ScriptError, add_path, complain, needed_libraries

INSTALL_HINT = (
    "Run `nox -s vendor -- PAGE_OR_SPEC`, or install the dependency group `generator` here."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 if done; 1 if the input is refused; 3 if a library is not installed. (Wrong usage exits
        with 2.)
    """
    options = _parser().parse_args(arguments)
    try:
        with needed_libraries(INSTALL_HINT):
            from _vendoring import vendor  # noqa: PLC0415 - its libraries may not be installed
        vendor(
            options.sources_given,
            origin=options.origin,
            output=options.output,
            record=options.sources,
            root=ROOT,
        )
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
    add_path(parser, "--output", "openapi/latest.yml", "the vendored spec")
    add_path(parser, "--sources", "openapi/sources.yml", "the record of sources")
    return parser


if __name__ == "__main__":
    sys.exit(main())
