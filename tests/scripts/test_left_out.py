"""Everything that the generator leaves out of a spec is named, by operation."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import regenerate
import vendor_spec
from large_spec import KINDS, large_spec

Spec = dict[str, Any]


class Generation:
    """A spec to generate, and a folder to generate into."""

    def __init__(self, folder: Path) -> None:
        self.spec = folder / "spec.json"
        self.output = folder / "cartesia_api"

    def run(self, spec: Spec) -> int:
        self.spec.write_text(json.dumps(spec), encoding="utf-8")
        return regenerate.main(["--spec", str(self.spec), "--output", str(self.output)])

    def modules(self) -> list[str]:
        return sorted(path.stem for path in self.output.glob("api/*/*.py") if path.stem[0] != "_")


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    return Generation(tmp_path)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_an_operation_of_each_kind_is_vendored_and_generated(
    generation: Generation, tmp_path: Path, version: str
) -> None:
    size = len(KINDS)
    source = tmp_path / "source.json"
    source.write_text(json.dumps(large_spec(size, version)), encoding="utf-8")
    places = ["--output", tmp_path / "latest.yml", "--sources", tmp_path / "sources.yml"]
    assert vendor_spec.main([str(source), *map(str, places)]) == 0
    spec, output = str(tmp_path / "latest.yml"), str(generation.output)
    assert regenerate.main(["--spec", spec, "--output", output]) == 0
    assert generation.modules() == [f"things{number}_{kind}" for number, kind in enumerate(KINDS)]


def operation(spec: Spec, number: int) -> Spec:
    (found,) = spec["paths"][f"/things{number}"].values()
    checked: Spec = found
    return checked


def query(name: str, **fields: object) -> Spec:
    return {"name": name, "in": "query", **fields}


LIST = "GET /things0 (things0_list)"
STREAM = "POST /things3 (things3_stream)"
LEVEL = {"$ref": "#/components/schemas/Level"}
EXPORT = "GET /things6 (things6_export)"
GONE = ", response will be omitted from generated client"
NOT_FOUND = "Could not find reference in parsed models or enums"
OBJECT = {"type": "object"}
JSON_CONTENT = {"application/json": {"schema": OBJECT}}
Changes = dict[str, tuple[Callable[[Spec], object], list[str]]]
WARNED: Changes = {
    "a response of an unknown type": (
        lambda spec: operation(spec, 0)["responses"]["200"].update(
            content={"application/x-unheard-of": {"schema": OBJECT}}
        ),
        [
            f"{LIST}: Cannot parse response (Unsupported content_type application/x-unheard-of){GONE}"
        ],
    ),
    "a body of an unknown type": (
        lambda spec: operation(spec, 2)["requestBody"].update(
            content={"application/xml": {"schema": OBJECT}}
        ),
        ["POST /things2 (things2_recursive): Unsupported content type application/xml"],
    ),
    "a constant header": (
        lambda spec: operation(spec, 1)["parameters"].append(
            {"name": "v", "in": "header", "required": True, "schema": {"const": "a"}}
        ),
        ["GET /things1 (things1_choice): Literal['a'] is not allowed in header"],
    ),
    "a schema that another one needs": (
        lambda spec: spec["components"]["schemas"].update(
            Thing3Request={"type": "object", "properties": {"level": LEVEL}},
            Level={"enum": ["a", 1]},
        ),
        [
            f"{STREAM}: {NOT_FOUND}",
            f"{STREAM}: schemas/Thing3Request: {NOT_FOUND}",
            f"{STREAM}: schemas/Level: Enum values must all be the same type",
        ],
    ),
}
IN_SILENCE: Changes = {
    "a parameter with content": (
        lambda spec: operation(spec, 16)["parameters"].append(
            query("filter", content=JSON_CONTENT)
        ),
        ["GET /things16 (things16_list): the query parameter filter has content, not a schema"],
    ),
    "a parameter of another style": (
        lambda spec: operation(spec, 8)["parameters"].append(
            query("where", schema=OBJECT, style="deepObject")
        ),
        ["GET /things8 (things8_list): the query parameter where has the style deepObject"],
    ),
    "a second media type": (
        lambda spec: operation(spec, 6)["responses"]["200"]["content"].update(JSON_CONTENT),
        [
            f"{EXPORT}: the response 200 has one of text/csv, application/json; only one is generated"
        ],
    ),
    "servers of its own": (
        lambda spec: operation(spec, 5).update(servers=[{"url": "https://files.example.com"}]),
        ["GET /things5 (things5_download): its own servers are not generated"],
    ),
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Generate from specs with all changes of a kind; return what was named."""
    lines: list[str] = []
    for changes in (WARNED, IN_SILENCE):
        generation = Generation(tmp_path_factory.mktemp("generation"))
        spec = large_spec(3 * len(KINDS))
        for change, _ in changes.values():
            change(spec)
        with redirect_stderr(StringIO()) as written:
            assert generation.run(spec) == 1
        assert not generation.output.exists()
        error = written.getvalue().splitlines()
        assert error[-2].startswith("error: The generator failed or left something out")
        # The generator lists the types of mixed values in no fixed order.
        lines += [line.partition(": Got ")[0] for line in error if line.startswith("left out   ")]
    return lines


@pytest.mark.parametrize("what", [*WARNED, *IN_SILENCE])
def test_an_operation_is_named_with_its_missing_part(named: list[str], what: str) -> None:
    _, expected = (WARNED | IN_SILENCE)[what]
    operation = f"left out   {expected[0].partition(':')[0]}: "
    assert [line for line in named if line.startswith(operation)] == [
        f"left out   {line}" for line in expected
    ]


def test_no_other_operation_is_named(named: list[str]) -> None:
    expected = [line for _, lines in (WARNED | IN_SILENCE).values() for line in lines]
    assert sorted(named) == sorted(f"left out   {line}" for line in expected)


def test_an_operation_id_like_another_is_named(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = large_spec(len(KINDS))
    operation(spec, 7).update(operationId="things0-list")
    assert generation.run(spec) == 1
    lines = capsys.readouterr().err.splitlines()
    (line,) = [line for line in lines if line.startswith("left out   ")]
    assert line.removeprefix("left out   ") == (
        "PUT /things7 (things0-list): its id is like things0_list, and so is its module's name"
    )
    assert not generation.output.exists()


def test_two_schemas_that_share_a_module_are_refused(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = large_spec(len(KINDS))
    schemas = spec["components"]["schemas"]
    schemas |= {"APIThing": schemas["Thing0"], "ApiThing": schemas["Thing4"]}
    page = schemas["Thing0Page"]["properties"]
    page |= {name: {"$ref": f"#/components/schemas/{name}"} for name in ("APIThing", "ApiThing")}
    assert generation.run(spec) == 1
    error = capsys.readouterr().err
    assert "The schemas APIThing and ApiThing of spec.json would share the module" in error
    assert not generation.output.exists()
