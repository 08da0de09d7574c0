"""Builds the sandbox's ASGI application: a route for each operation of the spec, and middleware."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ._checks import check_request
from ._contract import Contract, Operation, load_contract
from ._error_responses import RequestIds, respond_to_crash, respond_to_http_exception
from ._faults import FaultInjection, Faults
from ._operations import GET_CALL_LOGS, Endpoint, Operations
from ._state import Clock, State, SystemClock


def create_app(*, clock: Clock | None = None) -> Starlette:
    """Return a new sandbox as an ASGI application with its own state.

    Args:
        clock: The clock of its calls; the machine's by default.

    Raises:
        SandboxError: The spec is missing, or lacks something that the sandbox needs.
    """
    return build_app(load_contract(), clock=clock, faults=Faults())


def build_app(contract: Contract, *, clock: Clock | None, faults: Faults) -> Starlette:
    """Return the application for that contract; it responds with `faults` while there are any."""
    routes = _routes(contract, State(clock or SystemClock()))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(RequestIds),
            Middleware(_PathAsSent),
            Middleware(FaultInjection, faults=faults, operation_of=partial(_operation_of, routes)),
        ],
        exception_handlers={HTTPException: respond_to_http_exception, Exception: respond_to_crash},
    )
    # The spec's paths are exact: a further slash makes another route, not a redirect.
    app.router.redirect_slashes = False
    return app


class _PathAsSent:
    """ASGI middleware: routes by the raw path, which is still percent-encoded.

    Servers decode the path first, which makes an encoded slash inside an id look like one more
    segment. The API's own router does not confuse the two.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace the decoded path by the raw one, and pass the request on."""
        if scope["type"] == "http":
            # `raw_path` is optional in ASGI.
            raw_path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
            scope = {**scope, "path": raw_path.decode("ascii", "replace")}
        await self._app(scope, receive, send)


def _routes(contract: Contract, state: State) -> list[Route]:
    """Return a route for each operation that the sandbox serves, named by its operationId."""
    operations = Operations(
        state,
        version=contract.versions[-1],
        logs_not_available=contract.operation(GET_CALL_LOGS).error_example("404"),
    )
    routes = [
        _route(contract, contract.operation(operation_id), endpoint)
        for operation_id, endpoint in operations.endpoints().items()
    ]
    # The first match wins: in /agents/calls, `calls` is not an agent's id.
    return sorted(routes, key=lambda route: route.path.count("{"))


def _route(contract: Contract, operation: Operation, endpoint: Endpoint) -> Route:
    async def checked(request: Request) -> Response:
        check_request(request, operation, contract)
        return await endpoint(request)

    return Route(operation.path, checked, methods=[operation.method], name=operation.operation_id)


def _operation_of(routes: Sequence[Route], scope: Scope) -> str | None:
    """Return the operationId of the request; `None` if it matches none."""
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return route.name
    return None
