"""A local, stateful server that behaves as the vendored spec says.

It talks HTTP and shares no code with the client, so that a bug in the client cannot hide in
its counterpart:

    from cartesia_calls.sandbox import Sandbox

    with Sandbox() as sandbox:
        ...  # talk to sandbox.url with the key sandbox.api_key about the calls in sandbox.calls

In pytest, the fixture `cartesia_sandbox` is such a sandbox, a new one for each test.

Names are imported when they are first used: pytest imports this package in every run to find the
fixture, and what it depends on is an extra.
"""

# Type checkers read these imports; at run time `__getattr__` performs them one by one.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._app import create_app
    from ._errors import SandboxError
    from ._example_ids import ExampleAgents, ExampleCalls
    from ._sandbox import Sandbox
    from ._state import Clock

__all__ = ["Clock", "ExampleAgents", "ExampleCalls", "Sandbox", "SandboxError", "create_app"]

_HOMES = {
    "Clock": "_state",
    "ExampleAgents": "_example_ids",
    "ExampleCalls": "_example_ids",
    "Sandbox": "_sandbox",
    "SandboxError": "_errors",
    "create_app": "_app",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - deferred like the rest

    try:
        module = import_module(f"{__name__}.{_HOMES[name]}")
    except ModuleNotFoundError as error:
        if error.name not in {"starlette", "uvicorn", "yaml"}:
            raise
        raise ModuleNotFoundError(
            f"The sandbox needs the package {error.name!r}, which is not installed. "
            "Install it with: pip install 'cartesia-calls[sandbox]'",
            name=error.name,
        ) from error
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
