"""The sandbox shares no code with the client, and says what it lacks."""

import subprocess
import sys

LOADED = "import sys, cartesia_calls.sandbox; print(*sys.modules, sep='\\n')"
WITHOUT_YAML = """
import sys
sys.modules["yaml"] = None
try:
    import cartesia_calls.sandbox
except ModuleNotFoundError as error:
    print(error.name, error)
"""


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout


def test_importing_it_loads_nothing_of_the_client() -> None:
    loaded = set(run(LOADED).split())

    packages = {name.partition(".")[0] for name in loaded}
    ours = {name for name in loaded if name.startswith("cartesia_calls.")}
    assert "cartesia_calls.sandbox" in ours
    assert not packages & {"cartesia_api", "httpx", "httpx2", "attrs", "dateutil"}
    beside = {name for name in ours if not name.startswith("cartesia_calls.sandbox")}
    assert beside <= {"cartesia_calls._version"}


def test_without_its_extra_it_says_what_to_install() -> None:
    assert run(WITHOUT_YAML).startswith("yaml The sandbox needs the package 'yaml'")
    assert "pip install 'cartesia-calls[sandbox]'" in run(WITHOUT_YAML)
