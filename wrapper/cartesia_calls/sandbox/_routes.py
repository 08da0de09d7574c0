"""The operations that the sandbox serves, each under the path and method of the spec."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ._checks import check_request
from ._contract import Contract, Operation
from ._operations import GET_CALL_LOGS, Endpoint, Operations
from ._state import State


class PathAsSent:
    """ASGI middleware: routes by the path as it came over the wire, still percent-encoded.

    Servers decode the path first, which makes an encoded slash inside an id look like one more
    segment. The API's own router does not confuse the two.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the raw path in place of the decoded one."""
        if scope["type"] == "http":
            # ASGI leaves it to the server whether it passes the raw path on.
            raw_path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
            scope = {**scope, "path": raw_path.decode("ascii", "replace")}
        await self._app(scope, receive, send)


def build_routes(contract: Contract, state: State) -> list[Route]:
    """Return a route for each operation that the sandbox serves, named by its operationId.

    Raises:
        SandboxError: The spec lacks one of them.
    """
    operations = Operations(
        state,
        version=contract.versions[-1],
        logs_not_available=contract.operation(GET_CALL_LOGS).error_example("404"),
    )
    routes = [
        _route(contract, contract.operation(operation_id), endpoint)
        for operation_id, endpoint in operations.endpoints().items()
    ]
    # The first match wins: in /agents/calls, `calls` is no agent's id.
    return sorted(routes, key=lambda route: route.path.count("{"))


def operation_asked_for(routes: Sequence[Route], scope: Scope) -> str | None:
    """Return the operationId of what the request asks for; `None` where it is no operation."""
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return route.name
    return None


def _route(contract: Contract, operation: Operation, endpoint: Endpoint) -> Route:
    async def checked(request: Request) -> Response:
        check_request(request, operation, contract)
        return await endpoint(request)

    return Route(operation.path, checked, methods=[operation.method], name=operation.operation_id)
