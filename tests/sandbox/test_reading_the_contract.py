"""The parts of the spec that the sandbox uses, and its errors about unsuitable specs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from starlette.exceptions import HTTPException
from starlette.requests import Request

import cartesia_calls.sandbox
from cartesia_calls.sandbox import SandboxError
from cartesia_calls.sandbox._app import build_app
from cartesia_calls.sandbox._checks import check_request
from cartesia_calls.sandbox._contract import Contract, load_contract
from cartesia_calls.sandbox._faults import Faults

SPEC = Path(__file__).parents[2] / "openapi" / "latest.yml"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """Return a copy of the spec to edit."""
    copy = tmp_path / "latest.yml"
    copy.write_bytes(SPEC.read_bytes())
    return copy


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def serve(contract: Contract) -> None:
    build_app(contract, clock=None, faults=Faults())


def test_the_vendored_spec_is_found_by_default() -> None:
    assert load_contract() == load_contract(SPEC)


def test_the_logs_operation_matches_the_spec() -> None:
    contract = load_contract(SPEC)
    operation = contract.operation("agents_get-call-logs")

    assert (operation.method, operation.path) == ("GET", "/agents/calls/{call_id}/logs")
    assert operation.needs_key
    assert operation.needs_version
    assert operation.error_example("404")["message"] == "Call logs not available"
    assert contract.version_header == "Cartesia-Version"
    assert contract.versions == ("2026-03-01",)


def test_path_header_and_versions_follow_the_spec(edited: Path) -> None:
    replace(edited, "/agents/calls/{call_id}/logs:", "/v1/calls/{call_id}/log:")
    replace(edited, "name: Cartesia-Version", "name: X-Version")
    replace(
        edited, "          - '2026-03-01'", "          - '2026-03-01'\n          - '2025-01-01'"
    )

    contract = load_contract(edited)

    assert contract.operation("agents_get-call-logs").path == "/v1/calls/{call_id}/log"
    assert contract.version_header == "X-Version"
    assert contract.versions == ("2025-01-01", "2026-03-01")


def test_an_operation_without_security_or_version_header_needs_neither(edited: Path) -> None:
    replace(edited, "      security:\n        - APIKeyAuth: []\n", "")
    replace(
        edited,
        "$ref: '#/components/parameters/CartesiaVersionHeader'",
        "{name: Other, in: header, schema: {type: string}}",
    )

    contract = load_contract(edited)
    operation = contract.operation("agents_get-call-logs")

    assert not operation.needs_key
    assert not operation.needs_version
    request = Request({"type": "http", "headers": []})
    check_request(request, operation, contract)
    contract = load_contract(SPEC)
    with pytest.raises(HTTPException, match="No API key"):
        check_request(request, contract.operation("agents_get-call-logs"), contract)


def test_an_operation_without_security_inherits_that_of_the_document(edited: Path) -> None:
    replace(edited, "      security:\n        - APIKeyAuth: []\n", "")
    replace(edited, "security: []", "security: [{APIKeyAuth: []}]")

    assert load_contract(edited).operation("agents_get-call-logs").needs_key


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("agents_get-call-logs", "agents_getCallLogs", "agents_get-call-logs"),
        ("scheme: bearer", "scheme: basic", "APIKeyAuth"),
        ("    CartesiaVersionHeader:", "    VersionHeader:", "CartesiaVersionHeader"),
        ("        enum:\n          - '2026-03-01'\n", "", "enum"),
        ("'404':", "'410':", "404"),
    ],
)
def test_an_incomplete_spec_is_refused_with_the_missing_part(
    edited: Path, old: str, new: str, named: str
) -> None:
    replace(edited, old, new)

    with pytest.raises(SandboxError, match=named):
        serve(load_contract(edited))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a copy of the package outside of the checkout, as a wheel installs it."""
    source = Path(cartesia_calls.sandbox.__file__).parents[1]
    shutil.copytree(source, tmp_path / "cartesia_calls")
    shutil.copy(SPEC, tmp_path / "cartesia_calls" / "sandbox")
    return tmp_path


def start_from(root: Path) -> subprocess.CompletedProcess[str]:
    program = "from cartesia_calls import sandbox; sandbox.create_app(); print(sandbox.__file__)"
    return subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


def test_an_installed_package_contains_the_spec(installed: Path) -> None:
    finished = start_from(installed)

    assert finished.stderr == ""
    assert finished.stdout.startswith(str(installed))


def test_keys_of_a_path_that_are_no_operations_are_ignored(edited: Path) -> None:
    replace(
        edited,
        "  /agents/calls/{call_id}/logs:\n",
        "  /agents/calls/{call_id}/logs:\n    parameters: {}\n",
    )

    assert load_contract(edited) == load_contract(SPEC)


def test_an_error_without_an_example_has_none(tmp_path: Path) -> None:
    spec = yaml.safe_load(SPEC.read_text())
    responses = spec["paths"]["/agents/calls/{call_id}/logs"]["get"]["responses"]
    for field in responses["404"]["content"]["application/json"]["schema"]["properties"].values():
        field.pop("example", None)
    file = tmp_path / "latest.yml"
    file.write_text(yaml.safe_dump(spec))

    assert load_contract(file).operation("agents_get-call-logs").error_examples == {}
