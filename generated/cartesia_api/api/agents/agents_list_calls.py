# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ... import errors
from ...models.api_error import APIError
from ...models.get_calls_response import GetCallsResponse
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import datetime

    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.cartesia_version import CartesiaVersion


def _get_kwargs(
    *,
    agent_id: str | Unset = UNSET,
    batch_id: str | Unset = UNSET,
    expand: None | str | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    limit: int | Unset = 10,
    start_time_gte: datetime.datetime | Unset = UNSET,
    start_time_lte: datetime.datetime | Unset = UNSET,
    cartesia_version: CartesiaVersion,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Cartesia-Version"] = str(cartesia_version)

    params: dict[str, Any] = {}

    params["agent_id"] = agent_id

    params["batch_id"] = batch_id

    json_expand: None | str | Unset
    if isinstance(expand, Unset):
        json_expand = UNSET
    else:
        json_expand = expand
    params["expand"] = json_expand

    params["starting_after"] = starting_after

    params["ending_before"] = ending_before

    params["limit"] = limit

    json_start_time_gte: str | Unset = UNSET
    if not isinstance(start_time_gte, Unset):
        json_start_time_gte = start_time_gte.isoformat()
    params["start_time_gte"] = json_start_time_gte

    json_start_time_lte: str | Unset = UNSET
    if not isinstance(start_time_lte, Unset):
        json_start_time_lte = start_time_lte.isoformat()
    params["start_time_lte"] = json_start_time_lte

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/agents/calls",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> APIError | GetCallsResponse | None:
    if response.status_code == 200:
        response_200 = GetCallsResponse.from_dict(response.json())

        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = APIError.from_dict(response.json())

        return response_4xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[APIError | GetCallsResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    agent_id: str | Unset = UNSET,
    batch_id: str | Unset = UNSET,
    expand: None | str | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    limit: int | Unset = 10,
    start_time_gte: datetime.datetime | Unset = UNSET,
    start_time_lte: datetime.datetime | Unset = UNSET,
    cartesia_version: CartesiaVersion,
) -> Response[APIError | GetCallsResponse]:
    """List Calls

     Lists calls page by page, newest first. `agent_id` or `batch_id` is required.

    Args:
        agent_id (str | Unset):
        batch_id (str | Unset):
        expand (None | str | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        limit (int | Unset):  Default: 10.
        start_time_gte (datetime.datetime | Unset):
        start_time_lte (datetime.datetime | Unset):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIError | GetCallsResponse]
    """

    kwargs = _get_kwargs(
        agent_id=agent_id,
        batch_id=batch_id,
        expand=expand,
        starting_after=starting_after,
        ending_before=ending_before,
        limit=limit,
        start_time_gte=start_time_gte,
        start_time_lte=start_time_lte,
        cartesia_version=cartesia_version,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    agent_id: str | Unset = UNSET,
    batch_id: str | Unset = UNSET,
    expand: None | str | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    limit: int | Unset = 10,
    start_time_gte: datetime.datetime | Unset = UNSET,
    start_time_lte: datetime.datetime | Unset = UNSET,
    cartesia_version: CartesiaVersion,
) -> APIError | GetCallsResponse | None:
    """List Calls

     Lists calls page by page, newest first. `agent_id` or `batch_id` is required.

    Args:
        agent_id (str | Unset):
        batch_id (str | Unset):
        expand (None | str | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        limit (int | Unset):  Default: 10.
        start_time_gte (datetime.datetime | Unset):
        start_time_lte (datetime.datetime | Unset):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIError | GetCallsResponse
    """

    return sync_detailed(
        client=client,
        agent_id=agent_id,
        batch_id=batch_id,
        expand=expand,
        starting_after=starting_after,
        ending_before=ending_before,
        limit=limit,
        start_time_gte=start_time_gte,
        start_time_lte=start_time_lte,
        cartesia_version=cartesia_version,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    agent_id: str | Unset = UNSET,
    batch_id: str | Unset = UNSET,
    expand: None | str | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    limit: int | Unset = 10,
    start_time_gte: datetime.datetime | Unset = UNSET,
    start_time_lte: datetime.datetime | Unset = UNSET,
    cartesia_version: CartesiaVersion,
) -> Response[APIError | GetCallsResponse]:
    """List Calls

     Lists calls page by page, newest first. `agent_id` or `batch_id` is required.

    Args:
        agent_id (str | Unset):
        batch_id (str | Unset):
        expand (None | str | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        limit (int | Unset):  Default: 10.
        start_time_gte (datetime.datetime | Unset):
        start_time_lte (datetime.datetime | Unset):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIError | GetCallsResponse]
    """

    kwargs = _get_kwargs(
        agent_id=agent_id,
        batch_id=batch_id,
        expand=expand,
        starting_after=starting_after,
        ending_before=ending_before,
        limit=limit,
        start_time_gte=start_time_gte,
        start_time_lte=start_time_lte,
        cartesia_version=cartesia_version,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    agent_id: str | Unset = UNSET,
    batch_id: str | Unset = UNSET,
    expand: None | str | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    limit: int | Unset = 10,
    start_time_gte: datetime.datetime | Unset = UNSET,
    start_time_lte: datetime.datetime | Unset = UNSET,
    cartesia_version: CartesiaVersion,
) -> APIError | GetCallsResponse | None:
    """List Calls

     Lists calls page by page, newest first. `agent_id` or `batch_id` is required.

    Args:
        agent_id (str | Unset):
        batch_id (str | Unset):
        expand (None | str | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        limit (int | Unset):  Default: 10.
        start_time_gte (datetime.datetime | Unset):
        start_time_lte (datetime.datetime | Unset):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIError | GetCallsResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            agent_id=agent_id,
            batch_id=batch_id,
            expand=expand,
            starting_after=starting_after,
            ending_before=ending_before,
            limit=limit,
            start_time_gte=start_time_gte,
            start_time_lte=start_time_lte,
            cartesia_version=cartesia_version,
        )
    ).parsed
