"""Files that the bot sends along, kept so that the page can show them."""

import base64
import json
import mimetypes
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from adapters.sandbox.contract import Documents
from adapters.sandbox.discord.refusals import RefusedError, bad_json

_KIND = "discord.file"
_MOST_BYTES, _MOST_BYTES_IN_ALL = 10 * 1024 * 1024, 25 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a multipart body."""

    name: str
    data: bytes


async def read_multipart(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of ``payload_json``, and the files.

    Raises 40005 above 10 MiB a file or 25 MiB in all, 50109 for broken JSON.
    """
    body: Any = None
    uploads: list[Upload] = []
    reader = await request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue
        data = await part.read()
        if part.name == "payload_json":
            try:
                body = json.loads(data)
            except ValueError:
                raise bad_json() from None
        else:
            uploads.append(Upload(name=part.filename or "unknown", data=bytes(data)))
        if len(data) > _MOST_BYTES or sum(len(upload.data) for upload in uploads) > _MOST_BYTES_IN_ALL:
            raise RefusedError(413, 40005, "Request entity too large")
    return body, uploads


def keep(documents: Documents, uploads: list[Upload], *, address: str, ids: list[str]) -> list[dict[str, Any]]:
    """Store the files under the given ids and return their attachment objects."""
    attachments = []
    for file_id, upload in zip(ids, uploads, strict=True):
        content_type = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        content = base64.b64encode(upload.data).decode()
        documents.put(_KIND, file_id, {"name": upload.name, "type": content_type, "content": content})
        url = f"{address}/attachments/{file_id}/{upload.name}"
        attachments.append(
            {
                "id": file_id,
                "filename": upload.name,
                "size": len(upload.data),
                "url": url,
                "proxy_url": url,
                "content_type": content_type,
            }
        )
    return attachments


def serve(documents: Documents, file_id: str) -> web.Response:
    """The stored file, or 404. It is never shown as a page of its own."""
    document = documents.all(_KIND).get(file_id)
    if document is None:
        raise web.HTTPNotFound
    headers = {"Content-Type": str(document["type"]), "Content-Security-Policy": "default-src 'none'; sandbox"}
    return web.Response(body=base64.b64decode(str(document["content"])), headers=headers)
