"""A spec that gains fields of every shape results in a client that reads all of them.

`nox -s growth` takes each shape alone through the same steps, and checks the types of the package.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from growth import ROOT, VERSIONS, package_of, problems_of
from growth_shapes import SHAPES, shapes_of

DOCUMENT = ROOT / "docs" / "internals" / "growth.md"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_spec_with_fields_of_all_shapes_is_vendored_and_read(
    tmp_path: Path, version: str
) -> None:
    shapes = shapes_of(version)
    assert problems_of(package_of(tmp_path, version, shapes), version, shapes) == []


def test_the_document_lists_the_shapes(pytestconfig: pytest.Config) -> None:
    counts = Counter((shape.kind, shape.is_new) for shape in SHAPES)
    kinds = dict.fromkeys(shape.kind for shape in SHAPES)
    rows = [
        f"| {kind} | {counts[kind, False] or ''} | {counts[kind, True] or ''} |" for kind in kinds
    ]
    total = f"{len(shapes_of('3.0.3'))} shapes in OpenAPI 3.0, {len(SHAPES)} in 3.1."
    text = PAGE.format(rows="\n".join(rows), total=total)
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text, "run: pytest tests/growth --write-docs"


PAGE = """\
# Growth by shape

The provider may add a field to a response at any time. `tests/growth` adds fields of every shape that
OpenAPI knows to the vendored spec (`tests/support/growth_shapes.py`), and takes it through every step:
vendor, generate, the contract checks, and reading. Each field is optional in a call, always sent in an
object of its own, and optional in the logs.

A test passes if the client reads valid and invalid responses, `to_dict()` returns the JSON that the server
sent, `from_dict` reads it again, and every attribute has a value of its declared type. A valid response logs
no warning. `nox -s growth` does the same with each shape alone, and runs `mypy --strict` on the
package of all shapes together.

{total}

| kind | OpenAPI 3.0 and 3.1 | OpenAPI 3.1 alone |
| --- | ---: | ---: |
{rows}

## What becomes any value

The generator cannot express some shapes. `scripts/_simple_schemas.py` and `scripts/_open_outputs.py` turn these
into *any value* before the generator runs:

- tuples, and arrays without further details: their elements;
- `true`, `false` and `not` instead of a schema;
- `allOf` of anything but objects, or parts of one plain type;
- a reference to a part of a component, and one from a component that is no object back to itself;
- an object whose class would have the name of another class.

Two fields whose names differ in case and punctuation only would share a name in Python. One is typed,
if possible the one that is written as in Python; the other is in `additional_properties`. A field with
the name of a model's own method, such as `to_dict`, gets an underscore; its name in JSON stays.
"""
