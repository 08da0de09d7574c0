"""The response of each operation to a request that passed the checks."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ._call import Call
from ._listing import cut_page, read_list_query
from ._records import call_record, call_recording
from ._state import State, WrongStatusError

Endpoint = Callable[[Request], Awaitable[Response]]

GET_CALL_LOGS = "agents_get-call-logs"
_LOGS_CALL_NOT_FOUND = {
    "message": "Call not found",
    "description": "There is no call with this ID, or it does not belong to your account.",
}


class Operations:
    """The operations of the spec, served from a state.

    Args:
        state: What the sandbox remembers.
        version: The API version that `apiStatus_get` reports.
        logs_not_available: The body that says that a call has no logs.
    """

    def __init__(
        self, state: State, *, version: str, logs_not_available: Mapping[str, str]
    ) -> None:
        self._state = state
        self._version = version
        self._logs_not_available = logs_not_available

    def endpoints(self) -> Mapping[str, Endpoint]:
        """Return the endpoint of each operation by operationId."""
        return {
            "apiStatus_get": self._get_status,
            "agents_list": self._list_agents,
            "agents_get": self._get_agent,
            "agents_list-calls": self._list_calls,
            "agents_get-call": self._get_call,
            "agents_download-call-audio": self._download_call_audio,
            GET_CALL_LOGS: self._get_call_logs,
            "agents_cancel-call": self._cancel_call,
            "agents_delete-call": self._delete_call,
        }

    async def _get_status(self, _request: Request) -> Response:
        return JSONResponse({"ok": True, "version": self._version})

    async def _list_agents(self, _request: Request) -> Response:
        return JSONResponse({"summaries": list(self._state.agents.values())})

    async def _get_agent(self, request: Request) -> Response:
        agent = self._state.agents.get(unquote(request.path_params["agent_id"]))
        if agent is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no agent with this ID.")
        return JSONResponse(agent)

    async def _list_calls(self, request: Request) -> Response:
        query = read_list_query(request.query_params)
        calls = self._state.calls(agent_id=query.agent_id, batch_id=query.batch_id)
        now = self._state.now()
        page = cut_page([call for call in calls if query.covers(call.start_time(now))], query)
        return JSONResponse(
            {
                "data": [
                    call_record(call, now, with_transcript=query.with_transcript)
                    for call in page.calls
                ],
                "has_more": page.next_cursor is not None,
                "next_page": page.next_cursor,
            }
        )

    async def _get_call(self, request: Request) -> Response:
        return self._record(self._call(request))

    async def _download_call_audio(self, request: Request) -> Response:
        audio = call_recording(self._call(request), self._state.now())
        if audio is None:
            raise HTTPException(
                HTTPStatus.NOT_FOUND,
                "This call has no recording: it is not over, it was never picked up, or its recording "
                "was deleted, never kept, or removed by retention.",
            )
        return Response(audio, media_type="audio/wav")

    async def _get_call_logs(self, request: Request) -> Response:
        call = self._find(request)
        if call is None:
            return JSONResponse(_LOGS_CALL_NOT_FOUND, HTTPStatus.NOT_FOUND)
        logs = self._state.logs(call)
        if logs is None:
            return JSONResponse(self._logs_not_available, HTTPStatus.NOT_FOUND)
        return JSONResponse(logs)

    async def _cancel_call(self, request: Request) -> Response:
        try:
            self._state.cancel(self._call(request))
        except WrongStatusError:
            raise _conflict("Only a call in 'started' can be cancelled.") from None
        return JSONResponse({"cancelled": True})

    async def _delete_call(self, request: Request) -> Response:
        try:
            return self._record(self._state.delete(self._call(request)))
        except WrongStatusError:
            raise _conflict("Only a completed or failed call can be deleted.") from None

    def _find(self, request: Request) -> Call | None:
        return self._state.call(unquote(request.path_params["call_id"]))

    def _call(self, request: Request) -> Call:
        call = self._find(request)
        if call is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no call with this ID.")
        return call

    def _record(self, call: Call) -> Response:
        return JSONResponse(call_record(call, self._state.now(), with_transcript=True))


def _conflict(message: str) -> HTTPException:
    return HTTPException(HTTPStatus.CONFLICT, message)
