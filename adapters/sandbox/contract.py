"""What the two servers, the JSON interface and the page agree on.

The sandbox is the other side of the wire: nothing here knows the bot. Shapes follow section 7 of the design; every
``as_json`` gives the exact keys that the JSON interface promises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the bot imports this too, and has no server
    from aiohttp import web

# Tokens that the two servers accept. They open nothing outside this machine.
DISCORD_TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbx.only-good-on-this-machine-000000000"  # noqa: S105  # a fake, see above
TELEGRAM_TOKEN = "1000000001:sandbox-token-only-good-on-this-mach"  # noqa: S105  # a fake, see above

READER_1, READER_2, MODERATOR_1 = "reader-1", "reader-2", "moderator-1"


class SandboxError(Exception):
    """A person at the page asked for something that is not there or not possible; the text says what to do."""

    status = 400


class UnknownChatError(SandboxError):
    """No such chat, or this person is not in it."""

    status = 404


class UnknownThingError(SandboxError):
    """No such message, button or form in this chat for this person."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the page. ``id`` is reader-1, reader-2 or moderator-1; ``role`` is reader or moderator."""

    id: str
    name: str
    role: str

    def as_json(self) -> dict[str, object]:
        return {"id": self.id, "name": self.name, "role": self.role}


PEOPLE = (
    Person(id=READER_1, name="reader 1", role="reader"),
    Person(id=READER_2, name="reader 2", role="reader"),
    Person(id=MODERATOR_1, name="moderator 1", role="moderator"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat as the list shows it. ``chat`` is the platform's own id, as text.

    ``kind``: private, group, channel (Telegram) · private, text, forum, announcement (Discord).
    """

    platform: str
    chat: str
    title: str
    kind: str
    people: tuple[Person, ...]

    def as_json(self) -> dict[str, object]:
        people = [person.as_json() for person in self.people]
        return {"platform": self.platform, "chat": self.chat, "title": self.title, "kind": self.kind, "people": people}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message. ``row`` counts from 0; ``style`` is the platform's word for its look."""

    id: str
    label: str
    url: str | None = None
    disabled: bool = False
    row: int = 0
    style: str = "secondary"

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "label": self.label,
            "url": self.url,
            "disabled": self.disabled,
            "row": self.row,
            "style": self.style,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as one person sees it.

    ``text`` is all visible text without markup, the title included where the message shows one; ``html`` is the same as
    the page draws it: made by the server from escaped text, never foreign markup. ``at`` is in Unix seconds.
    """

    id: str
    author: str
    text: str
    title: str | None = None
    image: str | None = None
    buttons: tuple[Button, ...] = ()
    ephemeral: bool = False
    edited: bool = False
    reply_to: str | None = None
    html: str = ""
    at: float = 0.0
    mine: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "author": self.author,
            "text": self.text,
            "title": self.title,
            "image": self.image,
            "buttons": [button.as_json() for button in self.buttons],
            "ephemeral": self.ephemeral,
            "edited": self.edited,
            "reply_to": self.reply_to,
            "html": self.html,
            "at": self.at,
            "mine": self.mine,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. ``kind``: text, choice, choices or flag; ``options`` are (value, label) pairs."""

    name: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    max_length: int | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind,
            "options": [{"value": value, "label": label} for value, label in self.options],
            "required": self.required,
            "max_length": self.max_length,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A modal that is open for this person, or the prompt that waits for this person's reply."""

    id: str
    title: str
    fields: tuple[Field, ...]

    def as_json(self) -> dict[str, object]:
        return {"id": self.id, "title": self.title, "fields": [field.as_json() for field in self.fields]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the box offers while a person types: ``text`` replaces what stands in the box."""

    text: str
    label: str

    def as_json(self) -> dict[str, object]:
        return {"text": self.text, "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one person sees in one chat, oldest message first."""

    messages: tuple[Shown, ...] = ()
    form: Form | None = None
    suggestions: tuple[Suggestion, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "messages": [message.as_json() for message in self.messages],
            "form": self.form.as_json() if self.form else None,
            "suggestions": [suggestion.as_json() for suggestion in self.suggestions],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person saw at once after saying, pressing or filling in something.

    ``messages`` are those that appeared or changed for this person; ``url`` is a link that the person's client was told
    to open; ``chat`` is set when the messages stand in another chat (a deep link opened the private one);
    ``first_answer_ms`` is how long the first answer of any kind took, None when none came in time.
    """

    toast: str | None = None
    form: Form | None = None
    messages: tuple[Shown, ...] = ()
    url: str | None = None
    chat: str | None = None
    first_answer_ms: float | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "toast": self.toast,
            "form": self.form.as_json() if self.form else None,
            "messages": [message.as_json() for message in self.messages],
            "url": self.url,
            "chat": self.chat,
            "first_answer_ms": self.first_answer_ms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """What may be switched or stretched for a benchmark or a fault test; the defaults are the platforms' own.

    ``rates`` switches all rate limits; ``nonce_window_s`` is how long a Discord nonce is remembered (seconds);
    ``latency_s`` delays every answer of the platforms' API (seconds).
    """

    rates: bool = True
    nonce_window_s: float = 120.0
    latency_s: float = 0.0


class Documents(Protocol):
    """Named JSON documents on disk, grouped by kind. Writes are visible at once and on disk within 50 ms."""

    def put(self, kind: str, key: str, document: Mapping[str, object]) -> None: ...
    def drop(self, kind: str, key: str) -> None: ...
    def all(self, kind: str) -> dict[str, dict[str, object]]:
        """Every document of the kind, in the order in which the keys were first written."""
        ...


class Ledger(Protocol):
    """Everything that happened, numbered from 1 without gaps, kept on disk."""

    def write(self, platform: str, kind: str, facts: Mapping[str, object]) -> int:
        """Note it. ``kind``: call (of the platform's API), shown, edited, withdrawn, event (to the bot), fault.

        Gives its number.
        """
        ...

    def since(self, number: int) -> list[dict[str, object]]:
        """Entries with a higher number, in order: {"n", "at" (Unix seconds), "platform", "kind", ...facts}."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An ordered fault: strikes ``share`` (0..1) of what it concerns until ``until`` (the clock's seconds)."""

    platform: str
    kind: str
    until: float
    share: float = 1.0
    options: Mapping[str, object] = field(default_factory=dict)


class Faults(Protocol):
    """The faults now ordered."""

    def strikes(self, platform: str, kind: str) -> Fault | None:
        """The fault of that kind if one is ordered now and the dice (by its share) say it strikes this time."""
        ...


class Pulse(Protocol):
    """Tells whoever looks at a chat that something in it changed."""

    def beat(self, platform: str, chat: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What both servers stand on.

    ``clock`` gives Unix seconds; ``public_url`` is the page's address, without a slash at its end.
    """

    documents: Documents
    ledger: Ledger
    faults: Faults
    pulse: Pulse
    clock: "Clock"
    strictness: Strictness
    public_url: str


class Clock(Protocol):
    """Unix seconds; tests hand in their own."""

    def __call__(self) -> float: ...


class ChatServer(Protocol):
    """One platform's server: an application for the bot, and this for the people at the page.

    Every method that names a person raises UnknownChatError where that person is not in that chat.
    """

    @property
    def platform(self) -> str: ...

    @property
    def fault_kinds(self) -> Mapping[str, str]:
        """Faults that this server can play: kind → one sentence."""
        ...

    @property
    def bot_changes(self) -> Mapping[str, str]:
        """What people can do about the bot: kind → one sentence."""
        ...

    def app(self) -> "web.Application":
        """The platform's API (and gateway) for the bot, to be served on this platform's own port."""
        ...

    def bound(self, address: str) -> None:
        """Told once, before the first call: ``http://host:port`` where the application listens."""
        ...

    async def close(self) -> None:
        """End open polls, sockets and timers."""
        ...

    def chats(self) -> Sequence[Chat]: ...

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        """What the person sees. ``typing`` is what stands in the box; None gives no suggestions beyond commands."""
        ...

    async def say(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen: ...
    async def press(self, chat: str, person: str, message: str, button: str) -> Seen: ...
    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen: ...
    async def gather(self, chats: int) -> Sequence[str]:
        """Open so many more chats, in which nobody from the page is; the platform's own ids. The ledger shows them."""
        ...

    async def change_bot(self, chat: str, person: str, change: str) -> None:
        """Let the person do that to the bot in that chat. Raises SandboxError where that is not possible."""
        ...
