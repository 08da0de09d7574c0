# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ... import errors
from ...models.agent_call import AgentCall
from ...models.api_error import APIError
from ...types import Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.cartesia_version import CartesiaVersion


def _get_kwargs(
    call_id: str,
    *,
    cartesia_version: CartesiaVersion,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Cartesia-Version"] = str(cartesia_version)

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/agents/calls/{call_id}".format(
            call_id=quote(str(call_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> APIError | AgentCall | None:
    if response.status_code == 200:
        response_200 = AgentCall.from_dict(response.json())

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
) -> Response[APIError | AgentCall]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    call_id: str,
    *,
    client: AuthenticatedClient,
    cartesia_version: CartesiaVersion,
) -> Response[APIError | AgentCall]:
    """Get Call

     Returns the record of a call, with its transcript.

    Args:
        call_id (str):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIError | AgentCall]
    """

    kwargs = _get_kwargs(
        call_id=call_id,
        cartesia_version=cartesia_version,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    call_id: str,
    *,
    client: AuthenticatedClient,
    cartesia_version: CartesiaVersion,
) -> APIError | AgentCall | None:
    """Get Call

     Returns the record of a call, with its transcript.

    Args:
        call_id (str):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIError | AgentCall
    """

    return sync_detailed(
        call_id=call_id,
        client=client,
        cartesia_version=cartesia_version,
    ).parsed


async def asyncio_detailed(
    call_id: str,
    *,
    client: AuthenticatedClient,
    cartesia_version: CartesiaVersion,
) -> Response[APIError | AgentCall]:
    """Get Call

     Returns the record of a call, with its transcript.

    Args:
        call_id (str):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIError | AgentCall]
    """

    kwargs = _get_kwargs(
        call_id=call_id,
        cartesia_version=cartesia_version,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    call_id: str,
    *,
    client: AuthenticatedClient,
    cartesia_version: CartesiaVersion,
) -> APIError | AgentCall | None:
    """Get Call

     Returns the record of a call, with its transcript.

    Args:
        call_id (str):
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIError | AgentCall
    """

    return (
        await asyncio_detailed(
            call_id=call_id,
            client=client,
            cartesia_version=cartesia_version,
        )
    ).parsed
