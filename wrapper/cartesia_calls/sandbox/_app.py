"""Puts the sandbox's ASGI application together."""

from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ._answers import RequestIds, answer_crash, answer_http_exception
from ._clock import Clock, SystemClock
from ._contract import Contract, load_contract
from ._faults import FaultInjection, Faults
from ._routes import PathAsSent, build_routes, operation_asked_for
from ._state import State


def create_app(*, clock: Clock | None = None) -> Starlette:
    """Return a new sandbox as an ASGI application, with a state of its own.

    Args:
        clock: The time that its calls live in; by default the machine's.

    Raises:
        SandboxError: The spec is missing, or lacks something that the sandbox is built from.
    """
    return build_app(load_contract(), clock=clock, faults=Faults())


def build_app(contract: Contract, *, clock: Clock | None, faults: Faults) -> Starlette:
    """Return the application for that contract; it answers with `faults` while there are any."""
    routes = build_routes(contract, State(clock or SystemClock()))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(RequestIds),
            Middleware(PathAsSent),
            Middleware(
                FaultInjection, faults=faults, operation_of=partial(operation_asked_for, routes)
            ),
        ],
        exception_handlers={HTTPException: answer_http_exception, Exception: answer_crash},
    )
    # The spec's paths are exact: one slash more is another route, not a redirect.
    app.router.redirect_slashes = False
    return app
