"""The door of the REST API: token, limits, faults, bodies, errors and the ledger, around every endpoint."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import hdrs, web

from adapters.sandbox.contract import DISCORD_TOKEN
from adapters.sandbox.discord import faults
from adapters.sandbox.discord.house import House
from adapters.sandbox.discord.limits import OTHERS, Rule
from adapters.sandbox.discord.refusals import RefusedError, bad_json, not_found, unauthorized
from adapters.sandbox.discord.uploads import Upload, read_multipart

PREFIX = "/api/v10"
_JSON = "application/json"


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of the API. ``chat`` and ``nonce`` are for the ledger; a handler may set them."""

    request: web.Request
    house: House
    body: Any = None
    uploads: list[Upload] = field(default_factory=list)
    chat: str | None = None
    nonce: str | None = None

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def fields(self) -> dict[str, Any]:
        """The body as an object; raises 50109 when it is none."""
        if not isinstance(self.body, dict):
            raise bad_json()
        return self.body

    def asks(self, name: str) -> bool:
        """Whether a switch of the query is on."""
        return self.request.query.get(name, "").lower() in {"1", "true"}


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method and path. ``rule`` None: outside the bot's rate limits, as answers to interactions are.

    The handler returns what becomes JSON with status 200; None becomes 204. ``{id}`` is the bucket's major part.
    """

    method: str
    path: str
    handle: Handler
    rule: Rule | None = OTHERS
    needs_token: bool = True

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"


def routes(house: House, endpoints: Iterable[Endpoint]) -> list[web.RouteDef]:
    """The endpoints below /api/v10, and a 404 of Discord's shape for all else."""

    def served(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await _serve(house, endpoint, request)

        return serve

    nothing = Endpoint(method=hdrs.METH_ANY, path="/{rest:.*}", handle=_nothing)
    return [web.route(one.method, PREFIX + one.path, served(one)) for one in (*endpoints, nothing)]


async def _nothing(_: Call) -> None:
    raise not_found()


async def _serve(house: House, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
    started = time.perf_counter()
    call = Call(
        request=request, house=house, chat=request.match_info.get("id") if "/channels/" in endpoint.path else None
    )
    headers: dict[str, str] = {}
    status, payload = 0, None
    try:
        status, payload = await _result(endpoint, call, headers)
    except RefusedError as error:
        status, payload = error.status, error.body
        headers.update(error.headers)
        house.rates.note(status, shared=error.headers.get("X-RateLimit-Scope") == "shared")
    except faults.CutError:
        if request.transport is not None:
            request.transport.close()
    if house.ground.strictness.latency_s:
        await asyncio.sleep(house.ground.strictness.latency_s)
    _note(endpoint, call, status, started)
    return _answer(status, payload, headers)


async def _result(endpoint: Endpoint, call: Call, headers: dict[str, str]) -> tuple[int, Any]:
    house = call.house
    house.rates.refuse_if_banned()
    await faults.strike_before(house.ground, endpoint.call)
    if endpoint.needs_token:
        _check_token(call.request)
    if endpoint.rule is None:
        headers.update(house.rates.free())
    else:
        headers.update(house.rates.take(endpoint.rule, f"{endpoint.call} {call.request.match_info.get('id', '')}"))
    await _read_body(call)
    payload = await endpoint.handle(call)
    faults.strike_after(house.ground, endpoint.call)
    return (204, None) if payload is None else (200, payload)


def _check_token(request: web.Request) -> None:
    given = request.headers.get(hdrs.AUTHORIZATION, "")
    if not secrets.compare_digest(given.encode(), f"Bot {DISCORD_TOKEN}".encode()):
        raise unauthorized()


async def _read_body(call: Call) -> None:
    request = call.request
    if not request.can_read_body:
        return
    if request.content_type.startswith("multipart/"):
        call.body, call.uploads = await read_multipart(request)
        return
    try:
        call.body = json.loads(await request.read())
    except ValueError:
        raise bad_json() from None
    except web.HTTPRequestEntityTooLarge:
        raise RefusedError(413, 40005, "Request entity too large") from None


def _answer(status: int, payload: Any, headers: dict[str, str]) -> web.Response:
    if status in (0, 204):
        return web.Response(status=204, headers=headers)
    # discord.py takes only "application/json" for JSON; aiohttp's own json_response adds a charset.
    body = json.dumps(payload, separators=(",", ":")).encode()
    return web.Response(status=status, body=body, headers={**headers, hdrs.CONTENT_TYPE: _JSON})


def _note(endpoint: Endpoint, call: Call, status: int, started: float) -> None:
    facts: dict[str, object] = {
        "call": endpoint.call,
        "chat": call.chat,
        "status": status,
        "ms": round((time.perf_counter() - started) * 1000, 3),
    }
    if call.nonce is not None:
        facts["nonce"] = call.nonce
    call.house.ground.ledger.write("discord", "call", facts)
