"""What may be mounted: a path and plain functions, so that other columns need nothing of this one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_LOG = logging.getLogger(__name__)

_BODY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody asked. Header names are in lower case; ``given`` are the parts of the path that vary."""

    given: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered."""

    status: int = HTTPStatus.OK
    body: bytes | str = b""
    kind: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A path and what answers there, by method (GET and POST). A body may have ``most`` bytes."""

    path: str
    get: Answering | None = None
    post: Answering | None = None
    most: int = 0


def route(mount: Mount) -> Route:
    """The mount as Starlette takes it."""
    by_method = {name: one for name, one in (("GET", mount.get), ("POST", mount.post)) if one is not None}

    async def answer(request: Request) -> Response:
        answering = by_method["GET" if request.method == "HEAD" else request.method]
        try:
            async with asyncio.timeout(_BODY_S):
                body = await _body(request, mount.most)
        except TimeoutError:
            return _refused(HTTPStatus.REQUEST_TIMEOUT)
        except ClientDisconnect:
            return _refused(HTTPStatus.BAD_REQUEST)
        if body is None:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        call = Call(
            given=request.path_params, query=dict(request.query_params), headers=dict(request.headers), body=body
        )
        try:
            reply = await answering(call)
        except Exception:  # noqa: BLE001  # whoever asks is told to come back, and the others go on
            _LOG.exception("web call failed", extra={"path": mount.path})
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE)
        return Response(reply.body, status_code=reply.status, media_type=reply.kind, headers=dict(reply.headers))

    return Route(mount.path, answer, methods=list(by_method))


async def _body(request: Request, most: int) -> bytes | None:
    """The body; None when it is larger than it may be, of which no more is read."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _refused(status: HTTPStatus) -> Response:
    # What is left of the body is not read, so the connection cannot be used again.
    return PlainTextResponse(status.phrase, status_code=status, headers={"Connection": "close"})
