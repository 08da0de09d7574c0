"""Packages that only some commands need."""

from __future__ import annotations

from importlib.util import find_spec

from cartesia_calls import ConfigurationError

# What each extra of pyproject.toml makes importable.
_PACKAGES = {"cli": ("rich", "shtab"), "sandbox": ("starlette", "uvicorn", "yaml")}


def require(*extras: str) -> None:
    """Check that the packages of these extras are installed.

    Raises:
        ConfigurationError: One is not.
    """
    missing = [name for extra in extras for name in _PACKAGES[extra] if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"This command needs packages that are not installed: {', '.join(missing)}.",
            hint=f"Install them with: pip install 'cartesia-calls[{','.join(extras)}]'",
        )
