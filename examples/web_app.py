"""Serve the timeline of a call to your own dashboard, with FastAPI.

One client lives as long as the app, so that requests share its connections. Needs
`pip install cartesia-calls 'fastapi[standard]'` and CARTESIA_API_KEY:

    fastapi run examples/web_app.py
    curl http://127.0.0.1:8000/calls/CALL_ID/timeline
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cartesia_calls import AsyncClient, CartesiaError, NotFoundError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open the client when the app starts, and close it when the app stops."""
    async with AsyncClient(timeout=10, total_timeout=20) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(CartesiaError)
async def explain(_request: Request, error: CartesiaError) -> JSONResponse:
    """Pass on that a call does not exist; any other failure is a bad gateway."""
    status = 404 if isinstance(error, NotFoundError) else 502
    return JSONResponse({"error": error.summary}, status_code=status)


@app.get("/calls/{call_id}/timeline")
async def call_timeline(call_id: str, request: Request) -> list[dict[str, Any]]:
    """Return the timeline of a call."""
    client: AsyncClient = request.app.state.client
    shown = await client.calls.timeline(call_id)
    return [entry.as_dict() for entry in shown.entries]
