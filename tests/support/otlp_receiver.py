"""An OTLP receiver over HTTP, which decodes requests with OpenTelemetry's own messages."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Receiver:
    """The messages that a receiver got, and its response."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.log_records: list[LogRecord] = []
        self.resources: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.response_headers: dict[str, str] = {}
        self.responses: dict[str, bytes] = {}
        self.url = ""

    def take(self, path: str, body: bytes) -> bytes:
        if path.endswith("/v1/traces"):
            traces = ExportTraceServiceRequest.FromString(body)
            for resource in traces.resource_spans:
                self.resources.append(values(resource.resource.attributes))
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        else:
            logs = ExportLogsServiceRequest.FromString(body)
            for found in logs.resource_logs:
                self.resources.append(values(found.resource.attributes))
                self.log_records += [one for scope in found.scope_logs for one in scope.log_records]
        return self.responses.get(path, b"")

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


def values(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _plain(pair.value) for pair in attributes}


def _plain(value: AnyValue) -> object:
    return getattr(value, value.WhichOneof("value") or "string_value")


@contextmanager
def open_receiver() -> Generator[Receiver]:
    """Yield a receiver that listens on loopback."""
    got = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = got.take(self.path, body) if got.status < 300 else b""
            self.send_response(got.status)
            for name, value in got.response_headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    got.url = f"http://127.0.0.1:{server.server_port}"
    yield got
    server.shutdown()
    thread.join()
    server.server_close()
