"""The other operations: lists, records, files, waiting and following."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from cartesia_api.models import AgentCallMetadataType0
from cartesia_api.types import UNSET
from cartesia_calls import (
    AgentCall,
    AgentCallLogs,
    APIConnectionError,
    APIStatusError,
    AsyncClient,
    Client,
    InternalServerError,
    LogsRewrittenError,
    NotFoundError,
    ResponseValidationError,
)
from expectations import Outcome
from fake_server import Action
from http_bytes import head, http_response, json_response, logs_with
from raw_server import Close, Reset, Script, Send
from situation import Situation
from wrapped_operations import AGENT, CALL, STRUCTURED

HTML = Send(http_response(body=b"<html>", media_type="text/html"))
BUSY = Send(http_response("503 Busy", b""))


def _get(client: Client | AsyncClient) -> object:
    return client.calls.get("ac_1")


def _list(client: Client | AsyncClient) -> object:
    return client.calls.list(agent_id="agent_1")


def _agents(client: Client | AsyncClient) -> object:
    return client.agents.list()


def _agent(client: Client | AsyncClient) -> object:
    return client.agents.get("agent_1")


def _status(client: Client | AsyncClient) -> object:
    return client.status()


def _audio(client: Client | AsyncClient) -> object:
    # In the laboratory's own folder, which is the current one.
    return client.calls.download_audio("ac_1", "call.wav")


def _to_device(client: Client | AsyncClient) -> object:
    return client.calls.download_audio("ac_1", os.devnull, overwrite=True)


def _cancel(client: Client | AsyncClient) -> object:
    return client.calls.cancel("ac_1")


def _delete(client: Client | AsyncClient) -> object:
    return client.calls.delete("ac_1")


def _wait(client: Client | AsyncClient) -> object:
    return client.calls.wait_for_logs("ac_1", timeout=20)


def _follow(client: Client | AsyncClient) -> object:
    return client.calls.follow_logs("ac_1")


OPERATIONS: dict[str, Action] = {
    "`calls.get`": _get,
    "`calls.list`": _list,
    "`calls.cancel`": _cancel,
    "`calls.delete`": _delete,
    "`agents.list`": _agents,
    "`agents.get`": _agent,
    "`status`": _status,
    "`calls.download_audio`": _audio,
}
ACTING = {"`calls.cancel`", "`calls.delete`"}


def _each() -> Iterator[Situation]:
    family = "The other operations"
    for name, action in OPERATIONS.items():
        sent = 1 if name in ACTING else 3
        invalid = Outcome(ResponseValidationError)
        yield Situation(family, f"{name}: HTML with a 200", ((HTML,),), invalid, action=action)
        if name != "`calls.download_audio`":
            for title, body in (("an array", b"[]"), ("an empty object", b"{}")):
                script = (Send(http_response(body=body)),)
                yield Situation(family, f"{name}: {title}", (script,), invalid, action=action)
        for status in (204, 206):
            script = (Send(head(f"{status} Unexpected", ("Content-Length", "0"))),)
            if status == 204:
                script = (Send(head("204 No Content")),)
            yield Situation(family, f"{name}: a {status}", (script,), invalid, action=action)
        busy = Outcome(InternalServerError, {"attempts": sent}, requests=sent)
        yield Situation(family, f"{name}: 503", ((BUSY,),), busy, action=action)
        reset = Outcome(APIConnectionError, {"attempts": sent}, requests=sent)
        yield Situation(family, f"{name}: a reset", ((Reset(),),), reset, action=action)
        missing = (Send(http_response("404 No", json.dumps(STRUCTURED).encode())),)
        outcome = Outcome(NotFoundError, {"title": "Not found", "request_id": "0a1b"})
        yield Situation(family, f"{name}: 404", (missing,), outcome, action=action)


def _records() -> Iterator[Situation]:
    family = "Calls and agents"
    tomorrow = {**CALL, "status": "a status of tomorrow", "mood": "calm"}
    value = Outcome(AgentCall, {"status": "a status of tomorrow"})
    name = "a status that the spec does not name"
    yield Situation(family, name, ((json_response(tomorrow),),), value, action=_get)
    wrong = (json_response({**CALL, "status": None}),)
    outcome = Outcome(ResponseValidationError, {"pointer": "/status"})
    yield Situation(family, "`status` is `null`", (wrong,), outcome, action=_get)
    # A value of a wrong type is kept as it came, and the rest is read.
    odd_fields: tuple[tuple[str, object], ...] = (
        ("start_time", "2026-03-01T10:00:00"),
        ("transcript", {}),
        ("transcript", [None]),
        ("transcript", [{"role": "user"}]),
        ("zdr_enabled", "yes"),
        ("telephony_params", []),
    )
    for field, odd in odd_fields:
        script = (json_response({**CALL, field: odd}),)
        typed: object = [] if field == "transcript" and isinstance(odd, list) else UNSET
        outcome = Outcome(
            AgentCall, {"id": "ac_1", field: typed, "additional_properties": {field: odd}}
        )
        name = f"`{field}` is `{json.dumps(odd)}`"
        yield Situation(family, name, (script,), outcome, action=_get)
    for odd_map in ({"order": 4711}, {"a/b~c": None}):
        script = (json_response({**CALL, "metadata": odd_map}),)
        metadata = AgentCallMetadataType0.from_dict(odd_map)
        outcome = Outcome(AgentCall, {"metadata": metadata})
        name = f"`metadata` is `{json.dumps(odd_map)}`"
        yield Situation(family, name, (script,), outcome, action=_get)
    for field in ("id", "created_at", "deployment_count"):
        agent = {key: value for key, value in AGENT.items() if key != field}
        script = (json_response({"summaries": [AGENT, agent]}),)
        outcome = Outcome(list)
        if field == "id":
            outcome = Outcome(ResponseValidationError, {"pointer": "/summaries/1/id"})
        yield Situation(
            family, f"the second agent has no `{field}`", (script,), outcome, action=_agents
        )


def _pages() -> Iterator[Situation]:
    family = "Pages of a list"

    def page(*ids: str, **more: object) -> Script:
        return (json_response({"data": [{**CALL, "id": one} for one in ids], **more}),)

    circle = Outcome(ResponseValidationError, {"pointer": "/next_page"}, requests=2)
    script = page("ac_1", next_page="ac_1")
    yield Situation(family, "every page leads to itself", (script,), circle, action=_list)
    scripts = (page("ac_1", next_page="ac_1"), page("ac_2", next_page="ac_2"))
    ring = (*scripts, page("ac_1", next_page="ac_1"))
    circle = Outcome(ResponseValidationError, {"pointer": "/next_page"}, requests=3)
    yield Situation(family, "three pages in a circle", ring, circle, action=_list)
    lost = Outcome(ResponseValidationError, {"pointer": "/data"})
    script = page(has_more=True, next_page=None)
    yield Situation(family, "there is more, and not where", (script,), lost, action=_list)
    outcome = Outcome(list, equals=[])
    yield Situation(family, "an empty list", (page(),), outcome, action=_list)
    hostile = (page("ac_1", next_page="a&limit=9#\r\nX: 1"), page("ac_2", next_page=None))
    path = "/agents/calls?agent_id=agent_1&limit=100"
    after = "/agents/calls?agent_id=agent_1&starting_after=a%26limit%3D9%23%0D%0AX%3A+1&limit=100"
    outcome = Outcome(list, requests=2, paths=(path, after))
    yield Situation(family, "a hostile cursor", hostile, outcome, action=_list)
    broken = (page("ac_1", next_page="ac_1"), (HTML,))
    outcome = Outcome(ResponseValidationError, requests=2)
    yield Situation(family, "the second page is HTML", broken, outcome, action=_list)
    passing = (page("ac_1", next_page="ac_1"), (BUSY,), page("ac_2", next_page=None))
    outcome = Outcome(list, requests=3)
    yield Situation(family, "the second page is a 503, once", passing, outcome, action=_list)


def _files() -> Iterator[Situation]:
    family = "A recording"
    wav = b"RIFF" + bytes(1000)
    for name, media_type in (("HTML", "text/html"), ("JSON", "application/json")):
        script = (Send(http_response(body=wav, media_type=media_type)),)
        outcome = Outcome(ResponseValidationError)
        yield Situation(family, f"{name} by its media type", (script,), outcome, action=_audio)
    for name, status, sent in (("503", "503 Busy", 1), ("429", "429 Too Many Requests", 3)):
        outcome = Outcome(APIStatusError, {"attempts": sent}, requests=sent)
        script = (Send(http_response(status, b"")),)
        yield Situation(family, f"{name}, into a device", (script,), outcome, action=_to_device)
    cut: Script = (
        Send(head("200 OK", ("Content-Type", "audio/wav"), ("Content-Length", "9999")) + wav),
        Close(),
    )
    outcome = Outcome(APIConnectionError, {"attempts": 3}, requests=3)
    yield Situation(family, "cut short", (cut,), outcome, action=_audio)
    right = (Send(http_response(body=wav, media_type="audio/wav")),)
    outcome = Outcome(os.PathLike, requests=2)
    yield Situation(family, "cut short once", (cut, right), outcome, action=_audio)
    outcome = Outcome(APIConnectionError, {"attempts": 1})
    name = "cut short, into a device"
    yield Situation(family, name, (cut, right), outcome, action=_to_device)
    garbled = (
        Send(http_response("200 OK", wav, ("Content-Encoding", "gzip"), media_type="audio/wav")),
    )
    outcome = Outcome(ResponseValidationError)
    yield Situation(family, "not the gzip that it claims", (garbled,), outcome, action=_audio)


def _waiting() -> Iterator[Situation]:
    family = "Waiting and following"
    right = (json_response(logs_with()),)
    missing = (
        Send(http_response("404 No", b'{"message": "Call logs not available", "description": ""}')),
    )
    running = (json_response({"id": "ac_1", "agent_id": "agent_1", "status": "started"}),)
    passing: dict[str, Script] = {"a 503": (BUSY,), "a reset": (Reset(),)}
    for name, script in passing.items():
        value = Outcome(AgentCallLogs, requests=2)
        yield Situation(family, f"waiting: {name}, then logs", (script, right), value, action=_wait)
    value = Outcome(AgentCallLogs, requests=3)
    scripts = (missing, running, right)
    yield Situation(family, "waiting: not yet, then logs", scripts, value, action=_wait)
    invalid = Outcome(ResponseValidationError)
    yield Situation(family, "waiting: HTML", ((HTML,),), invalid, action=_wait)
    yield Situation(family, "following: HTML", ((HTML,),), invalid, action=_follow)
    shrunk = (right, (json_response(logs_with(logs=["one"])),))
    rewritten = Outcome(LogsRewrittenError, says=("rewritten",), requests=2)
    yield Situation(family, "following: a line is taken away", shrunk, rewritten, action=_follow)
    changed = (right, (json_response(logs_with(logs=["one", "2", "3"])),))
    yield Situation(family, "following: a line is changed", changed, rewritten, action=_follow)
    over = (json_response(CALL),)
    quiet = (right, right, over, right)
    ended = Outcome(list, equals=["one", "two"], requests=6)
    yield Situation(family, "following: the call is over", quiet, ended, action=_follow)


SITUATIONS = (*_each(), *_records(), *_pages(), *_files(), *_waiting())
