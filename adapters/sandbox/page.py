"""The page: both chats side by side, drawn on the server and kept fresh by a little JavaScript."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from adapters.sandbox.api import Inside, NotFoundError
from adapters.sandbox.contract import PEOPLE, Button, Chat, ChatServer, Person, Shown, UnknownChatError, View
from adapters.sandbox.newspaper import NAME, Newspaper
from adapters.sandbox.pictures import landscape

_SHOWN_AT_FIRST = 80
_SHOWN_AT_MOST = 2_000
_SAME_BREATH_S = 420.0
_PREVIEW = re.compile(r'<div class="tg-preview[^"]*"><a href="([^"]+)"[^>]*>.*?</a></div>', re.DOTALL)
_CARD = '<div class="dc-container"'
_CARD_END = "</div>"
_STATIC = Path(str(files("adapters.sandbox") / "static"))

# The accent of a Discord container is a style attribute, which is why those alone may be inline; scripts never are.
# {} is the page's own address, which pictures of the newspaper name even where the page is read by another name.
_POLICY = (
    "default-src 'self'; img-src 'self' data: {}; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def headers_of_pages(public_url: str) -> dict[str, str]:
    """What every answer of the page's port carries."""
    return {
        "Content-Security-Policy": _POLICY.format(public_url),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def templates() -> Environment:
    """The templates, escaping everything that is not marked as safe."""
    environment = Environment(
        loader=PackageLoader("adapters.sandbox"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = _clock
    environment.filters["iso"] = _iso
    environment.tests["link"] = _is_link
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One message, ready to be drawn: with who wrote it and whether it goes on where the one before ended.

    The ``html`` of a card ends before its last closing tag, so that its buttons stand inside as Discord draws them.
    """

    message: Shown
    html: Markup
    is_card: bool
    rows: tuple[tuple[Button, ...], ...]
    picture: str | None
    is_bot: bool
    face: int
    initials: str
    answers: Shown | None
    continues: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One platform's half of the page, as one person sees it."""

    platform: str
    name: str
    is_connected: bool
    person: Person
    chats: tuple[Chat, ...]
    chat: Chat
    messages: tuple[Drawn, ...]
    earlier: int
    last: int
    view: View

    @property
    def may_write(self) -> bool:
        """Readers of a Telegram channel only read."""
        return self.chat.kind != "channel" or self.person.role == "moderator"


class Page:
    """The handlers of the page itself."""

    def __init__(self, inside: Inside, environment: Environment, paper: Newspaper, public_url: str) -> None:
        self._inside = inside
        self._templates = environment
        self._paper = paper
        self._article = f"{public_url}/newspaper/"

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self.page),
            web.get("/pane/{platform}", self.pane),
            web.get(r"/placeholder/{seed:[\w-]{1,80}}.png", self.placeholder),
            web.static("/static", _STATIC),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Everything at once, so that there is something to read before any script runs."""
        person = _person(request.query.get("as"))
        now = self._inside.changes.now
        panes = [
            await self._pane(server, person, request.query.get(platform), _SHOWN_AT_FIRST)
            for platform, server in self._inside.servers.items()
        ]
        html = self._templates.get_template("page.html").render(
            panes=panes, people=PEOPLE, person=person, now=now, status=self._inside.status()
        )
        return web.Response(text=html, content_type="text/html")

    async def pane(self, request: web.Request) -> web.Response:
        """One half of the page, for the script to patch in."""
        server = self._inside.server(request.match_info["platform"])
        last = request.query.get("last", "")
        many = min(int(last), _SHOWN_AT_MOST) if last.isdecimal() else _SHOWN_AT_FIRST
        pane = await self._pane(server, _person(request.query.get("as")), request.query.get("chat"), many)
        return web.Response(text=self._templates.get_template("pane.html").render(pane=pane), content_type="text/html")

    async def placeholder(self, request: web.Request) -> web.Response:
        """A calm picture for one that cannot be loaded."""
        image = await asyncio.to_thread(landscape, request.match_info["seed"])
        headers = {"Cache-Control": "public, max-age=86400"}
        return web.Response(body=image, content_type="image/png", headers=headers)

    async def _pane(self, server: ChatServer, person: Person, asked: str | None, last: int) -> Pane:
        chats = tuple(chat for chat in server.chats() if person in chat.people)
        if not chats:
            raise NotFoundError(f"{person.name} is in no chat on {server.platform}.")
        chat = _nearest(server.chats(), chats, asked)
        try:
            view = await server.look(chat.chat, person.id, None)
        except UnknownChatError:  # it was deleted between the list and the look
            view = View()
        return Pane(
            platform=server.platform,
            name=server.platform.capitalize(),
            is_connected=self._inside.presences[server.platform].is_there,
            person=person,
            chats=chats,
            chat=chat,
            messages=self._draw(view.messages, last, {someone.name for someone in chat.people}),
            earlier=max(0, len(view.messages) - last),
            last=last,
            view=view,
        )

    def _draw(self, messages: Sequence[Shown], last: int, people: set[str]) -> tuple[Drawn, ...]:
        by_id = {message.id: message for message in messages}
        drawn: list[Drawn] = []
        for message in messages[-last:]:
            before = drawn[-1].message if drawn else None
            is_card = _is_card(message.html)
            drawn.append(
                Drawn(
                    message=message,
                    html=self._html(message, is_card=is_card),
                    is_card=is_card,
                    rows=_rows(message.buttons),
                    picture=message.image if message.image and "<img" not in message.html else None,
                    is_bot=message.author not in people,
                    face=sum(message.author.encode()) % 6,
                    initials=_initials(message.author),
                    answers=by_id.get(message.reply_to or ""),
                    continues=before is not None and _is_same_breath(before, message),
                )
            )
        return tuple(drawn)

    def _html(self, message: Shown, *, is_card: bool) -> Markup:
        """What the server drew; the link previews that the newspaper's articles ask for are filled in from them."""
        if not message.html:
            return _as_paragraphs(message.text)
        html = message.html.removesuffix(_CARD_END) if is_card else _PREVIEW.sub(self._preview, message.html)
        return Markup(html)  # noqa: S704  # made safe by the server

    def _preview(self, match: re.Match[str]) -> str:
        url = match[1]
        edition = self._paper.edition(url.removeprefix(self._article)) if url.startswith(self._article) else None
        if edition is None:
            return match[0]
        return self._templates.get_template("preview.html").render(name=NAME, edition=edition, url=url)


def _nearest(known: Sequence[Chat], visible: Sequence[Chat], asked: str | None) -> Chat:
    """The chat asked for; where this person is not in it, one of its kind, as each has a private chat of their own."""
    kind = next((chat.kind for chat in known if chat.chat == asked), None)
    by_nearness = sorted(visible, key=lambda chat: (chat.chat != asked, chat.kind != kind))
    return by_nearness[0]


def _is_card(html: str) -> bool:
    return html.startswith(_CARD) and html.endswith(_CARD_END) and html.count(_CARD) == 1


def _is_same_breath(before: Shown, message: Shown) -> bool:
    return (
        before.author == message.author
        and before.ephemeral == message.ephemeral
        and not message.reply_to
        and message.at - before.at < _SAME_BREATH_S
    )


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    in_order = sorted(buttons, key=lambda button: button.row)
    return tuple(tuple(row) for _, row in groupby(in_order, key=lambda button: button.row))


def _as_paragraphs(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _initials(name: str) -> str:
    """R1 for reader 1, N for newsbot."""
    last = name.rsplit(" ", maxsplit=1)[-1]
    return name[:1].upper() + (last[:2] if last.isdecimal() else "")


def _person(named: str | None) -> Person:
    return next((person for person in PEOPLE if person.id == named), PEOPLE[0])


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _is_link(url: str | None) -> bool:
    """Whether a browser may simply open it; t.me links lead back to the bot and are pressed instead."""
    parts = urlsplit(url or "")
    return parts.scheme in {"http", "https"} and parts.hostname not in {"t.me", "telegram.me"}
