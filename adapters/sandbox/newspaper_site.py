"""The newspaper's feed and pages."""

import asyncio
import hashlib

from aiohttp import web
from jinja2 import Environment

from adapters.sandbox.api import NotFoundError
from adapters.sandbox.newspaper import NAME, Newspaper
from adapters.sandbox.pictures import landscape

_IN_FEED = 30


class NewspaperSite:
    """The handlers under /newspaper/."""

    def __init__(self, paper: Newspaper, templates: Environment, public_url: str) -> None:
        self._paper = paper
        self._templates = templates
        self._url = public_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/newspaper/feed.xml", self.feed),
            web.get("/newspaper/", self.index),
            web.get(r"/newspaper/pictures/{slug:[\w-]{1,120}}.png", self.picture),
            web.get("/newspaper/{slug}", self.article),
        ]

    async def feed(self, request: web.Request) -> web.Response:
        """RSS 2.0 with whole articles (content:encoded), newest first."""
        newest = self._paper.editions()[: -_IN_FEED - 1 : -1]
        feed = self._templates.get_template("newspaper/feed.xml").render(name=NAME, editions=newest, url=self._url)
        return _unless_known(request, feed.encode(), "application/rss+xml")

    async def index(self, request: web.Request) -> web.Response:
        editions = self._paper.editions()[::-1]
        page = self._templates.get_template("newspaper/index.html").render(name=NAME, editions=editions)
        return web.Response(text=page, content_type="text/html")

    async def article(self, request: web.Request) -> web.Response:
        edition = self._paper.edition(request.match_info["slug"])
        if edition is None:
            raise NotFoundError(f"{NAME} never published this article.")
        page = self._templates.get_template("newspaper/article.html").render(name=NAME, edition=edition, url=self._url)
        return web.Response(text=page, content_type="text/html")

    async def picture(self, request: web.Request) -> web.Response:
        image = await asyncio.to_thread(landscape, request.match_info["slug"])
        return web.Response(body=image, content_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


def _unless_known(request: web.Request, body: bytes, content_type: str) -> web.Response:
    """The body with its ETag, or 304 for one who has it (RFC 9110, 13.1.2)."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if any(known.value in {tag, "*"} for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
