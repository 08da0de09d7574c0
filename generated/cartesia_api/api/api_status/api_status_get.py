# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ... import errors
from ...models.api_info import APIInfo
from ...types import Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.cartesia_version import CartesiaVersion


def _get_kwargs(
    *,
    cartesia_version: CartesiaVersion,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Cartesia-Version"] = str(cartesia_version)

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/",
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> APIInfo | None:
    if response.status_code == 200:
        response_200 = APIInfo.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[APIInfo]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    cartesia_version: CartesiaVersion,
) -> Response[APIInfo]:
    """API Status

     Returns whether the API is up, and its version. Needs no key.

    Args:
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIInfo]
    """

    kwargs = _get_kwargs(
        cartesia_version=cartesia_version,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    cartesia_version: CartesiaVersion,
) -> APIInfo | None:
    """API Status

     Returns whether the API is up, and its version. Needs no key.

    Args:
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIInfo
    """

    return sync_detailed(
        client=client,
        cartesia_version=cartesia_version,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    cartesia_version: CartesiaVersion,
) -> Response[APIInfo]:
    """API Status

     Returns whether the API is up, and its version. Needs no key.

    Args:
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[APIInfo]
    """

    kwargs = _get_kwargs(
        cartesia_version=cartesia_version,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    cartesia_version: CartesiaVersion,
) -> APIInfo | None:
    """API Status

     Returns whether the API is up, and its version. Needs no key.

    Args:
        cartesia_version (CartesiaVersion):  Example: 2026-03-01.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        APIInfo
    """

    return (
        await asyncio_detailed(
            client=client,
            cartesia_version=cartesia_version,
        )
    ).parsed
