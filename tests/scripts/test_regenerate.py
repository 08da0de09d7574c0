"""The output of regenerating, its check, and its independence of the environment."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import regenerate
from _files import describe_differences
from reference_pages import ROOT, fragment

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATED = ROOT / "generated" / "cartesia_api"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a maintainer does, in an environment of the test."""
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "regenerate.py", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package, generated once from the vendored spec, that tests must not change."""
    output = tmp_path_factory.mktemp("fresh") / "cartesia_api"
    assert regenerate.main(["--output", str(output)]) == 0
    return output


@pytest.fixture
def package(fresh: Path, tmp_path: Path) -> Path:
    """Return a copy of the generated package, which a test may change."""
    return Path(shutil.copytree(fresh, tmp_path / "cartesia_api"))


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yml"


def write(spec: Path, document: dict[str, Any]) -> None:
    spec.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


# Output


def test_regenerating_reproduces_the_repositorys_package(fresh: Path) -> None:
    assert contents(GENERATED) == contents(fresh)


def test_every_module_is_marked_as_generated_and_the_package_is_typed(fresh: Path) -> None:
    first_line = (
        b"# Generated from openapi/latest.yml by openapi-python-client 0.29.1."
        b" Do not edit: run `nox -s regenerate`.\n"
    )
    modules = {name: text for name, text in contents(fresh).items() if name.endswith(".py")}
    assert "api/agents/agents_get_call_logs.py" in modules
    assert [name for name, text in modules.items() if not text.startswith(first_line)] == []
    assert (fresh / "py.typed").is_file()


@pytest.mark.parametrize("text", ["2026-03-01t10:00:00.123456789z", "2026-03-01T10:00:00.123456Z"])
def test_timestamps_in_every_spelling_of_rfc_3339_are_read(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(fresh.parent), *sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "cartesia_api"]:
        monkeypatch.delitem(sys.modules, name)
    models = importlib.import_module("cartesia_api.models")
    logs = models.AgentCallLogs.from_dict({"call_id": "ac_1", "logs": [], "updated_at": text})
    assert Path(str(models.__file__)).is_relative_to(fresh)
    assert logs.updated_at == dt.datetime(2026, 3, 1, 10, 0, 0, 123456, dt.UTC)
    assert logs.to_dict()["updated_at"] == "2026-03-01T10:00:00.123456+00:00"


# Independence of the environment


def test_the_bytes_do_not_depend_on_the_environment_or_on_settings_around_the_folders(
    fresh: Path, tmp_path: Path
) -> None:
    other_ruff = tmp_path / "bin" / "ruff"
    other_ruff.parent.mkdir()
    other_ruff.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    other_ruff.chmod(0o755)
    other_generator = tmp_path / "modules" / "openapi_python_client.py"
    other_generator.parent.mkdir()
    other_generator.write_text("raise SystemExit('not the pinned generator')")
    settings = tmp_path / "settings.toml"
    settings.write_text("line-length = 40\n")
    for name, text in {
        "ruff.toml": 'line-length = 40\n[format]\nquote-style = "single"\n',
        "pyproject.toml": "[tool.ruff]\nline-length = 50\n",
        ".ignore": "*\n",
    }.items():
        (tmp_path / name).write_text(text)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    output = tmp_path / "cartesia_api"
    result = run(
        "--output",
        output,
        PATH=f"{other_ruff.parent}{os.pathsep}{os.environ['PATH']}",
        RUFF_CONFIG=str(settings),
        RUFF_NO_FIX="true",
        RUFF_OUTPUT_FORMAT="json",
        PYTHONPATH=str(other_generator.parent),
        PYTHONHASHSEED="7",
        TMPDIR=str(temporary),
    )
    assert result.returncode == 0, result.stderr
    assert contents(output) == contents(fresh)
    assert not (tmp_path / "was-run").exists()
    assert list(temporary.iterdir()) == []


# `--check`


def test_check_passes_on_an_equal_package_and_touches_nothing(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "client.cpython-311.pyc").write_bytes(b"")
    assert regenerate.main(["--check", "--output", str(package)]) == 0
    assert capsys.readouterr().out == "cartesia_api is what the generator makes of the spec.\n"


def test_check_finds_missing_extra_and_changed_files_and_names_the_fix(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "errors.py").unlink()
    (package / "models" / "mine.py").write_text("")
    with (package / "types.py").open("a") as file:
        file.write("x = 1\n" * 1000)
    before = contents(package)

    assert regenerate.main(["--check", "--output", str(package)]) == 1

    assert contents(package) == before
    output = capsys.readouterr()
    lines = output.out.splitlines()
    found = [line for line in lines if not line.startswith(" ")]
    assert found == ["missing  errors.py", "extra    models/mine.py", "changed  types.py"]
    assert "    -x = 1" in lines
    assert len(lines) < 50
    assert "Run `nox -s regenerate`." in output.err


def test_a_missing_package_lacks_every_file(fresh: Path, tmp_path: Path) -> None:
    names = sorted(contents(fresh))
    differences = describe_differences(fresh, tmp_path / "none")
    assert differences[:20] == [f"missing  {name}" for name in names[:20]]
    assert differences[20:] == [f"… and {len(names) - 20} more files"]


def test_a_report_that_cannot_be_written_is_an_error(package: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        checked = subprocess.run(
            [sys.executable, ROOT / "scripts" / "regenerate.py", "--check", "--output", package],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert checked.returncode == 1
    assert checked.stderr.startswith("error: Cannot write to standard output: No space left")
    assert len(checked.stderr.splitlines()) == 2


# Replacement


def test_the_folder_is_replaced_as_a_whole_without_stale_modules(
    package: Path, fresh: Path
) -> None:
    (package / "models" / "stale.py").write_text("")
    assert regenerate.main(["--output", str(package)]) == 0
    assert contents(package) == contents(fresh)
    assert [path.name for path in package.parent.iterdir()] == [package.name]


def test_a_folder_that_was_not_generated_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    assert regenerate.main(["--output", str(tmp_path)]) == 1
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}
    assert "were not generated" in capsys.readouterr().err


# Failures of the generator


def unsupported_content() -> dict[str, Any]:
    document = fragment()
    responses = document["paths"]["/agents"]["get"]["responses"]
    responses["200"]["content"] = {"application/x-unheard-of": {"schema": {"type": "object"}}}
    document["components"].pop("schemas")
    return document


def constant_header() -> dict[str, Any]:
    document = fragment()
    document["openapi"] = "3.1.0"
    document["paths"]["/agents"]["get"]["parameters"] = [
        {
            "name": "Cartesia-Version",
            "in": "header",
            "required": True,
            "schema": {"const": "2026-03-01"},
        }
    ]
    return document


@pytest.mark.parametrize("make", [unsupported_content, constant_header])
def test_an_operation_that_the_generator_would_drop_is_a_failure(
    package: Path,
    spec: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[], dict[str, Any]],
) -> None:
    write(spec, make())
    before = contents(package)
    assert regenerate.main(["--spec", str(spec), "--output", str(package)]) == 1
    message = capsys.readouterr().err
    assert "agents" in message  # the generator's own message
    assert "error: The generator failed or left something out of spec.yml" in message
    assert contents(package) == before


def test_operations_that_overwrite_each_other_are_a_failure(
    package: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = fragment("/a", operation_id="get-call")
    document["paths"] |= fragment("/b", operation_id="get_call")["paths"]
    write(spec, document)
    before = contents(package)
    assert regenerate.main(["--spec", str(spec), "--output", str(package)]) == 1
    error = capsys.readouterr().err
    assert "left out   GET /b (get_call): its id is like get-call" in error
    assert "2 operations, but 1 modules" in error
    assert contents(package) == before


@pytest.mark.parametrize(
    ("text", "problem"), [(None, "No such file"), ("a: [", "Cannot read"), ("a: 1", "OpenAPI 3")]
)
def test_a_spec_that_cannot_be_read_is_refused(
    spec: Path, capsys: pytest.CaptureFixture[str], text: str | None, problem: str
) -> None:
    if text is not None:
        spec.write_text(text)
    assert regenerate.main(["--check", "--spec", str(spec)]) == 1
    assert problem in capsys.readouterr().err


def test_unpinned_versions_are_refused_with_3(tmp_path: Path) -> None:
    """Copy the scripts into a repository that pins another generator."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    pins = '[dependency-groups]\ngenerator = ["openapi-python-client==0.1.0", "ruff==0.17.6"]\n'
    (tmp_path / "pyproject.toml").write_text(pins)
    result = subprocess.run(
        [sys.executable, tmp_path / "scripts" / "regenerate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (3, "")
    assert "openapi-python-client 0.1.0 is needed; this environment has 0.29.1" in result.stderr
    assert "nox -s regenerate" in result.stderr
