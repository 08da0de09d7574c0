"""The operations that the sandbox serves, each under the path and method of the spec."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ._checks import check_request
from ._contract import Contract, Operation
from ._state import Missing, State

_GET_CALL_LOGS = "agents_get-call-logs"
_CALL_NOT_FOUND = {
    "message": "Call not found",
    "description": "There is no call with this ID, or it does not belong to your account.",
}

Endpoint = Callable[[Request], Awaitable[Response]]


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
    """Return a route for each operation that the sandbox serves.

    Raises:
        SandboxError: The spec lacks one of them.
    """
    operation = contract.operation(_GET_CALL_LOGS)
    return [_route(contract, operation, _get_call_logs(operation, state))]


def _route(contract: Contract, operation: Operation, endpoint: Endpoint) -> Route:
    async def checked(request: Request) -> Response:
        check_request(request, operation, contract)
        return await endpoint(request)

    return Route(operation.path, checked, methods=[operation.method], name=operation.operation_id)


def _get_call_logs(operation: Operation, state: State) -> Endpoint:
    logs_not_available = operation.error_example("404")

    async def get_call_logs(request: Request) -> Response:
        logs = state.logs(unquote(request.path_params["call_id"]))
        if logs is Missing.CALL:
            return JSONResponse(_CALL_NOT_FOUND, HTTPStatus.NOT_FOUND)
        if logs is Missing.LOGS:
            return JSONResponse(logs_not_available, HTTPStatus.NOT_FOUND)
        return JSONResponse(
            {
                "call_id": logs.call_id,
                "logs": list(logs.lines),
                "updated_at": logs.updated_at.isoformat(),
            }
        )

    return get_call_logs
