"""The sandbox shares no code with the client, and names missing packages."""

import subprocess
import sys

import pytest

import cartesia_calls.sandbox

LOADED = """
import sys
from cartesia_calls.sandbox import *
print(*sys.modules, sep="\\n")
"""
WITHOUT = """
import sys
sys.modules["{}"] = None
try:
    from cartesia_calls.sandbox import Sandbox
except ModuleNotFoundError as error:
    print(error.name, error)
"""


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout


def test_importing_its_names_loads_nothing_of_the_client() -> None:
    loaded = set(run(LOADED).split())

    packages = {name.partition(".")[0] for name in loaded}
    ours = {name for name in loaded if name.startswith("cartesia_calls.")}
    assert "cartesia_calls.sandbox" in ours
    assert not packages & {"cartesia_api", "httpx", "httpx2", "attrs", "dateutil"}
    beside = {name for name in ours if not name.startswith("cartesia_calls.sandbox")}
    assert beside <= {"cartesia_calls._version"}


def test_without_its_extra_it_names_the_package_to_install() -> None:
    message = run(WITHOUT.format("yaml"))
    assert message.startswith("yaml The sandbox needs the package 'yaml'")
    assert "pip install 'cartesia-calls[sandbox]'" in message


def test_any_other_missing_name_is_reported_as_by_python() -> None:
    message = run(WITHOUT.format("anyio"))
    assert message.startswith("anyio")
    assert "pip install" not in message


def test_importing_it_alone_loads_nothing() -> None:
    loaded = run("import sys, cartesia_calls.sandbox; print(*sys.modules, sep='\\n')").split()

    assert "cartesia_calls.sandbox" in loaded
    assert not {"starlette", "uvicorn", "yaml", "cartesia_calls.sandbox._app"} & set(loaded)


def test_it_has_its_public_names_and_no_others() -> None:
    assert set(cartesia_calls.sandbox.__all__) <= set(dir(cartesia_calls.sandbox))
    for name in cartesia_calls.sandbox.__all__:
        assert getattr(cartesia_calls.sandbox, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'Nope'"):
        cartesia_calls.sandbox.Nope  # noqa: B018 - wrong on purpose
