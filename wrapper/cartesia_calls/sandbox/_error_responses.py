"""The API's general error body, and the request id that every response carries."""

from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from starlette.exceptions import HTTPException

REQUEST_ID_HEADER = "x-request-id"


class RequestIds:
    """ASGI middleware: gives each request an id, and puts it into a header of the response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id in `request.state.request_id`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault(REQUEST_ID_HEADER, request_id)
            await send(message)

        await self._app(scope, receive, send_with_id)


def error_response(
    request: Request, status: int, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error in the shape that the API uses for everything but missing logs."""
    request_id: str = request.state.request_id
    body = {
        "error_code": None,
        "title": _title(status),
        "message": message,
        "request_id": request_id,
    }
    return JSONResponse(body, status, headers)


def respond_to_http_exception(request: Request, raised: Exception) -> Response:
    """Turn an error of the router or of the checks into a response."""
    error = cast("HTTPException", raised)  # the only kind that this is registered for
    headers = dict(error.headers or {})
    message = error.detail
    # The router's own errors have no text but that of the status.
    if error.status_code == HTTPStatus.NOT_FOUND and message == HTTPStatus.NOT_FOUND.phrase:
        message = "There is no such route. Check the method and the path."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_of_path(request)))
        message = f"This route does not take that method. Use {headers['Allow']}."
    return error_response(request, error.status_code, message, headers)


def respond_to_crash(request: Request, _error: Exception) -> Response:
    """Return the response to a request on which the sandbox itself failed."""
    return error_response(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The sandbox itself failed: please report it.",
        # Starlette calls this outside all middleware, which therefore cannot add the header.
        {REQUEST_ID_HEADER: request.state.request_id},
    )


def _methods_of_path(request: Request) -> set[str]:
    """Return the methods of all routes of the path; Starlette only knows those of the first."""
    return {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"
