"""The pinned generator and ruff: their versions and places, and how to run them in isolation.

Needs only the standard library, so that it can report what is not installed.
"""

import os
import subprocess
import sysconfig
import tomllib
from importlib import metadata
from pathlib import Path

from _console import NOT_INSTALLED, ScriptError

GENERATOR = "openapi-python-client"
HEADER_START = "# Generated from "
INSTALL_HINT = "Run `nox -s regenerate`, or install the dependency group `generator` here."
_SCRIPTS = Path(sysconfig.get_path("scripts"))
_MAX_SECONDS = 60
# The variables that a program needs; any other could change what ruff or Python does.
_KEPT_VARIABLES = ("SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


def check_toolchain(root: Path) -> None:
    """Check that this environment has the generator and ruff that `root`'s pyproject.toml pins.

    Raises:
        ScriptError: The environment lacks them or has other versions.
    """
    pins = _read_pins(root / "pyproject.toml")
    found = {GENERATOR: _installed_generator(), "ruff": _installed_ruff()}
    for name, version in found.items():
        if version != pins[name]:
            raise ScriptError(
                f"{name} {pins[name]} is needed; this environment has {version or 'none'}.",
                INSTALL_HINT,
                exit_code=NOT_INSTALLED,
            )


def clean_environment() -> dict[str, str]:
    """Return the environment of the tools, without search paths or settings of the machine."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {
        "PATH": os.pathsep.join([str(_SCRIPTS), os.defpath]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }


def _read_pins(pyproject: Path) -> dict[str, str]:
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    requirements: list[object] = settings["dependency-groups"]["generator"]
    pins = dict(
        requirement.split("==", 1)
        for requirement in requirements
        if isinstance(requirement, str) and "==" in requirement
    )
    missing = {GENERATOR, "ruff"} - pins.keys()
    if missing:
        raise ScriptError(
            f"{pyproject.name} does not pin {' and '.join(sorted(missing))} exactly.",
            "Pin them with == in [dependency-groups] generator.",
        )
    return pins


def _installed_generator() -> str | None:
    try:
        return metadata.version(GENERATOR)
    except metadata.PackageNotFoundError:
        return None


def _installed_ruff() -> str | None:
    try:
        run = subprocess.run(  # noqa: S603 - a program of this environment
            [_SCRIPTS / "ruff", "--version"],
            env=clean_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=_MAX_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip().removeprefix("ruff ")
