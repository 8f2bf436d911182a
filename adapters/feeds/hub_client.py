"""Asking a hub for pushes, behind the same guard as everything that is fetched."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import aiohttp

from adapters.feeds.http import FeedClient, connection_error, next_address, web_address
from bot.domain.source import HubLink
from bot.ports.reading import ReadingError

_LONGEST_S = 30.0
_MOST_HOPS = 5
_AGAIN_THERE = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_LONGEST_REASON = 200


class HubClient:
    """Implements the port ``Hubs``."""

    def __init__(self, client: FeedClient) -> None:
        self._client = client

    async def subscribe(self, link: HubLink, *, callback: str, secret: str, lease: timedelta) -> None:
        """See ``Hubs``. The request is that of W3C WebSub, section 5.1."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": link.topic,
            "hub.callback": callback,
            "hub.lease_seconds": str(int(lease.total_seconds())),
            "hub.secret": secret,
        }
        try:
            async with asyncio.timeout(_LONGEST_S):
                await self._post(link.address, form)
        except TimeoutError:
            raise ReadingError("The hub took too long to answer.", kind="timeout") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise connection_error(error) from None

    async def _post(self, address: str, form: Mapping[str, str]) -> None:
        url = web_address(address)
        for _ in range(_MOST_HOPS + 1):
            async with self._client.session().post(url, data=form, allow_redirects=False) as response:
                if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                    return
                if response.status not in _AGAIN_THERE:
                    why = (await response.content.read(_LONGEST_REASON)).decode(errors="replace")
                    raise ReadingError(f"The hub refuses ({response.status}): {_line(why)}", kind="status")
                url = next_address(url, response.headers.get("Location"))
        raise ReadingError("The hub leads from one redirect to the next without end.", kind="status")


def _line(text: str) -> str:
    return " ".join(text.split()) or "it does not say why."
