"""Photos as the bot hands them in: an address, an earlier file id, or an upload."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.sandbox.contract import Ground
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.links import checked_link
from adapters.sandbox.telegram.params import Params

BY_ADDRESS_AT_MOST = 5 * 1024 * 1024
UPLOAD_AT_MOST = 10 * 1024 * 1024
_FETCH = aiohttp.ClientTimeout(total=10)
_FILES = "telegram.file"


async def read_photo(ground: Ground, params: Params) -> Mapping[str, Any]:
    """The PhotoSize, with what the page shows under "shown".

    An address of the sandbox's own page is fetched and judged as live (image type, 5 MB); a foreign one is taken as it
    stands, since the sandbox never leaves this machine.
    """
    value = params.text("photo").strip()
    upload = params.uploads.get(value.removeprefix("attach://") if value.startswith("attach://") else "photo")
    if upload is not None:
        if len(upload.data) > UPLOAD_AT_MOST:
            raise BadRequestError("file is too big")
        kind = upload.kind if upload.kind.startswith("image/") else "image/jpeg"
        return _kept(ground, f"data:{kind};base64,{base64.b64encode(upload.data).decode()}", len(upload.data))
    if not value:
        raise BadRequestError("there is no photo in the request")
    if value.startswith(("http://", "https://")):
        url = checked_link(value)
        if url is None:
            raise BadRequestError("wrong HTTP URL specified")
        size = await _fetched(url) if url.startswith(f"{ground.public_url}/") else 0
        return _kept(ground, url, size)
    known = ground.documents.all(_FILES).get(value)
    if known is None:
        raise BadRequestError("wrong file identifier/HTTP URL specified")
    return known


def _kept(ground: Ground, shown: str, size: int) -> Mapping[str, Any]:
    digest = hashlib.sha256(shown.encode()).hexdigest()
    photo = {
        "file_id": f"sandbox-{digest[:40]}",
        "file_unique_id": digest[:16],
        "width": 1280,
        "height": 720,
        "file_size": size,
        "shown": shown,
    }
    ground.documents.put(_FILES, str(photo["file_id"]), photo)
    return photo


async def _fetched(url: str) -> int:
    try:
        async with aiohttp.ClientSession(timeout=_FETCH) as session, session.get(url) as answer:
            if not answer.ok:
                raise BadRequestError("failed to get HTTP URL content")
            if not answer.content_type.startswith("image/"):
                raise BadRequestError("wrong type of the web page content")
            return await _size(answer.content)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise BadRequestError("failed to get HTTP URL content") from None


async def _size(content: aiohttp.StreamReader) -> int:
    size = 0
    async for chunk in content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > BY_ADDRESS_AT_MOST:
            raise BadRequestError("file is too big")
    return size
