"""A local, stateful server that behaves as the vendored spec says.

It talks HTTP and shares no code with the client, so that a bug in the client cannot hide in
its counterpart:

    from cartesia_calls.sandbox import Sandbox

    with Sandbox() as sandbox:
        ...  # talk to sandbox.url with the key sandbox.api_key about the calls in sandbox.calls
"""

try:
    from ._app import create_app
    from ._clock import Clock
    from ._errors import SandboxError
    from ._sandbox import Sandbox
    from ._state import ExampleCalls
except ModuleNotFoundError as error:
    if error.name not in {"starlette", "uvicorn", "yaml"}:
        raise
    raise ModuleNotFoundError(
        f"The sandbox needs the package {error.name!r}, which is not installed. "
        "Install it with: pip install 'cartesia-calls[sandbox]'",
        name=error.name,
    ) from error

__all__ = ["Clock", "ExampleCalls", "Sandbox", "SandboxError", "create_app"]
