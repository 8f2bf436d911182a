"""HTTP calls that fail when they are told to."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey

from tests.failing.nth import Nth

_KEY = ConnectionKey("platform.example", 443, True, True, None, None, None)  # aiohttp's own order


@contextmanager
def watched_calls(nth: Nth, open_in: Callable[[], set[asyncio.Task[Any] | None]]) -> Iterator[list[str]]:
    """Every call of this process, whatever library makes it: all of them use aiohttp.

    A call is two moments: no connection may be made, and the answer may be lost after the call did its work. The list
    is of calls that were made while their task had a transaction open, which none may.
    """
    request = aiohttp.ClientSession._request
    in_transaction: list[str] = []

    async def watched(session: aiohttp.ClientSession, method: str, address: Any, **options: Any) -> Any:
        call = f"{method} {str(address).rpartition('/')[2]}"
        if asyncio.current_task() in open_in():
            in_transaction.append(call)
        if nth.fails(f"{call}, not made"):
            raise ClientConnectorError(_KEY, OSError(111, "Connection refused"))
        response = await request(session, method, address, **options)
        if nth.fails(f"{call}, answer lost"):
            response.close()
            raise ServerDisconnectedError
        return response

    with patch.object(aiohttp.ClientSession, "_request", watched):
        yield in_transaction
