"""Run the pinned generator so that only the spec and its settings decide the output."""

import ast
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import cast

from _console import ScriptError
from _left_out import describe_clashes, describe_left_out
from _open_outputs import load_overlay, open_outputs
from _spec_document import METHODS, SpecDocument, check_document
from _spec_forms import without_titles
from _toolchain import GENERATOR, HEADER_START, clean_environment
from _yaml_text import JsonObject, read_value

_MAX_SECONDS = 300


def generate(spec: Path, spec_name: str, target: Path, *, root: Path) -> None:
    """Generate the package of a spec into a folder that does not exist yet.

    The files' header calls the spec `spec_name`. `root` has the generator's settings and templates.

    Raises:
        ScriptError: The generator failed, warned, or left an operation out.
    """
    value = read_value(spec, "Check the path of --spec.")
    document = check_document(value, spec.name)
    opened = open_outputs(cast("JsonObject", value), load_overlay(root / "openapi" / "overlay.yml"))
    # The generator can make no class names of some titles.
    parts = {
        part: without_titles(opened.document.get(part, {})) for part in ("paths", "components")
    }
    prepared = target.with_name("opened.json")
    prepared.write_text(json.dumps(opened.document | parts), encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(prepared), "--output-path", str(target)]
    command += ["--meta", "none", "--fail-on-warning"]
    command += ["--config", str(root / "generator-config.yaml")]
    command += ["--custom-template-path", str(root / "scripts" / "templates")]
    try:
        run = subprocess.run(  # noqa: S603 - this interpreter, and paths of our own
            command,
            cwd=target.parent,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=_MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ScriptError(
            f"The generator did not finish within {_MAX_SECONDS} seconds.",
            "Try again. If it fails again, look for a schema that contains itself.",
        ) from error
    left_out = describe_left_out(run.stdout, document)
    if run.returncode != 0 or left_out:
        sys.stderr.write(run.stdout)
        sys.stderr.writelines(f"{line}\n" for line in left_out)
        raise ScriptError(
            f"The generator failed or left something out of {spec_name}; see its output above.",
            "Change the spec or generator-config.yaml so that the generator handles all of it.",
        )
    _check_operations(document, target, spec_name)
    _check_models(target, spec_name)
    _write_known_values(target, opened.known_values)
    _mark(target, spec_name)


def _write_known_values(package: Path, known_values: dict[str, list[str]]) -> None:
    """Write a type for each output whose values the spec lists, for checkers and completion."""
    lines = ['"""Known values of outputs, which the API may add to at any time."""']
    lines += ["", "from typing import Literal", ""]
    for name, values in sorted(known_values.items()):
        listed = "".join(f"    {json.dumps(value)},\n" for value in values)
        lines.append(f"{name} = Literal[\n{listed}]")
    (package / "known_values.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _mark(package: Path, spec_name: str) -> None:
    """Name the origin in every module, and mark the package as typed."""
    header = (
        f"{HEADER_START}{spec_name} by {GENERATOR} {metadata.version(GENERATOR)}."
        " Do not edit: run `nox -s regenerate`.\n"
        # attrs' `factory=dict`, which the generator writes, leaves types open that strict refuses.
        "# pyright: standard\n"
    )
    for module in sorted(package.rglob("*.py")):
        module.write_bytes(header.encode() + module.read_bytes())
    (package / "py.typed").write_bytes(b"")


def _check_operations(document: SpecDocument, package: Path, spec_name: str) -> None:
    """Count the operations, so that a missing one is an error."""
    wanted = sum(method in METHODS for item in document.paths.values() for method in item)
    made = sum(module.name != "__init__.py" for module in (package / "api").glob("*/*.py"))
    if made != wanted:
        sys.stderr.writelines(f"{line}\n" for line in describe_clashes(document))
        raise ScriptError(
            f"{spec_name} has {wanted} operations, but {made} modules were generated.",
            "Look for operationIds that differ in case or punctuation only, and rename one.",
        )


def _check_models(package: Path, spec_name: str) -> None:
    """Look for models that overwrite each other; the generator lists both."""
    listed = ast.parse((package / "models" / "__init__.py").read_text(encoding="utf-8"))
    for node in ast.walk(listed):
        if isinstance(node, ast.ImportFrom) and len(node.names) > 1:
            names = " and ".join(alias.name for alias in node.names)
            raise ScriptError(
                f"The schemas {names} of {spec_name} would share the module {node.module}.py.",
                "Tell them apart with class_overrides in generator-config.yaml.",
            )
