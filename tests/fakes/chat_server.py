"""A platform's server without a platform: chats, a bot that answers at once, and every refusal a person can meet."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from adapters.sandbox.contract import (
    MODERATOR_1,
    PEOPLE,
    READER_1,
    READER_2,
    Button,
    Chat,
    Field,
    Form,
    Ground,
    SandboxError,
    Seen,
    Shown,
    Suggestion,
    UnknownChatError,
    UnknownThingError,
    View,
)

_BY_ID = {person.id: person for person in PEOPLE}
_COMMANDS = {"headlines": "The latest headlines", "help": "What I can do", "story": "One story in full"}
_KIND = "fake-message"


class FakeChatServer:
    """Implements ``ChatServer``. Messages are kept in documents, so that a restart shows what was there."""

    def __init__(self, ground: Ground, platform: str) -> None:
        self._ground = ground
        self._platform = platform
        self._forms: dict[tuple[str, str], Form] = {}
        self._messages: list[tuple[str, Shown]] = []
        self.filled: list[Mapping[str, object]] = []
        self.replies: list[str | None] = []
        self.changed: list[tuple[str, str, str]] = []
        self.address = ""
        self.is_closed = False
        for document in ground.documents.all(f"{_KIND}-{platform}").values():
            self._messages.append((str(document["chat"]), _revived(document)))

    @property
    def platform(self) -> str:
        return self._platform

    @property
    def fault_kinds(self) -> Mapping[str, str]:
        return {
            "rate_limit": "Answers 429 to everything.",
            "slow": "Takes two seconds for each answer.",
            "cut_after": "Does what it was asked and then closes the connection without a word.",
        }

    @property
    def bot_changes(self) -> Mapping[str, str]:
        return {"remove": "Somebody removes the bot."}

    async def gather(self, chats: int) -> Sequence[str]:
        return [f"crowd-{number + 1}" for number in range(chats)]

    async def change_bot(self, chat: str, person: str, change: str) -> None:
        self.changed.append((chat, person, change))

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/ping", self._ping)])
        return app

    def bound(self, address: str) -> None:
        self.address = address

    async def close(self) -> None:
        self.is_closed = True

    def chats(self) -> Sequence[Chat]:
        kinds = ["text", "forum", "announcement"] if self._platform == "discord" else ["group", "channel"]
        titles = {
            "text": "world-news",
            "forum": "stories",
            "announcement": "announcements",
            "group": "City news",
            "channel": "City news channel",
        }
        shared = [
            Chat(platform=self._platform, chat=kind, title=titles[kind], kind=kind, people=PEOPLE) for kind in kinds
        ]
        alone = [
            Chat(platform=self._platform, chat=f"private-{who}", title="newsbot", kind="private", people=(_BY_ID[who],))
            for who in (READER_1, READER_2, MODERATOR_1)
        ]
        return [*shared[:1], *alone, *shared[1:]]

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        self._enter(chat, person)
        visible = [
            replace(shown, mine=shown.author == _BY_ID[person].name)
            for where, shown in self._messages
            if where == chat and (not shown.ephemeral or shown.reply_to == person)
        ]
        word = (typing or "/").removeprefix("/")
        offers = tuple(
            Suggestion(text=f"/{name}", label=about) for name, about in _COMMANDS.items() if name.startswith(word)
        )
        return View(
            messages=tuple(replace(shown, reply_to=None) if shown.ephemeral else shown for shown in visible),
            form=self._forms.get((chat, person)),
            suggestions=offers if typing is None or typing.startswith("/") else (),
        )

    async def say(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen:
        self._enter(chat, person)
        if text == "/crash":
            raise RuntimeError("a secret detail")
        self.replies.append(reply_to)
        said = self.show(chat, text, author=_BY_ID[person].name)
        if not text.startswith("/"):
            return Seen(messages=(said,))
        name = text[1:].split(" ", maxsplit=1)[0]
        if name not in _COMMANDS:
            raise SandboxError(f"There is no command /{name} here. Type / to see what there is.")
        answer = self.show(chat, f"You asked for {name}.", person=person)
        return Seen(messages=(said, answer), first_answer_ms=1.5)

    async def press(self, chat: str, person: str, message: str, button: str) -> Seen:
        self._enter(chat, person)
        shown = self._message(chat, message)
        if not any(each.id == button for each in shown.buttons):
            raise UnknownThingError(f"Message {message} has no button {button!r}.")
        if button == "opinion":
            fields = (
                Field(
                    name="stance",
                    label="Where do you stand?",
                    kind="choice",
                    options=(("for", "For"), ("against", "Against"), ("mixed", "Mixed")),
                    required=True,
                ),
                Field(name="words", label="In your words", max_length=1000),
                Field(name="signed", label="Show my name", kind="flag"),
            )
            prompt = (Field(name="words", label="Your opinion", required=True),)
            form = Form(
                id=f"form-{message}",
                title="What is your opinion on this topic?",
                fields=fields if self._platform == "discord" else prompt,
            )
            self._forms[chat, person] = form
            self._ground.pulse.beat(self._platform, chat)
            return Seen(form=form)
        if button == "vote":
            self.change(chat, message, edited=True)
            return Seen(toast="Counted. Thank you.")
        return Seen(messages=(self.show(chat, "The whole story, to you alone.", person=person),), first_answer_ms=2.0)

    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen:
        self._enter(chat, person)
        open_form = self._forms.get((chat, person))
        if open_form is None or open_form.id != form:
            raise UnknownThingError("This form is no longer open.")
        if not str(fields.get("words") or "").strip():
            raise SandboxError("Write a few words first.")
        del self._forms[chat, person]
        self.filled.append(fields)
        return Seen(messages=(self.show(chat, f"Noted: {fields['words']}", person=person),))

    def show(
        self, chat: str, text: str, *, author: str = "newsbot", person: str | None = None, **more: object
    ) -> Shown:
        """Put a message into the chat; with ``person``, for that person alone."""
        number = str(len(self._messages) + 1)
        shown = Shown(
            id=number,
            author=author,
            text=text,
            ephemeral=person is not None,
            reply_to=person,
            html=str(more.pop("html", html.escape(text).replace("\n", "<br>"))),
            at=self._ground.clock(),
        )
        shown = replace(shown, **more)  # type: ignore[arg-type]  # a test names the fields it wants
        self._messages.append((chat, shown))
        self._keep(chat, shown)
        self._ground.ledger.write(self._platform, "shown", {"chat": chat, "message": number, "text": text})
        return shown

    def change(self, chat: str, message: str, **changes: object) -> None:
        """Edit a message."""
        for place, (where, shown) in enumerate(self._messages):
            if (where, shown.id) == (chat, message):
                changed = replace(shown, **changes)  # type: ignore[arg-type]  # a test names the fields it wants
                self._messages[place] = (chat, changed)
                self._keep(chat, changed)

    def headline(self, chat: str, title: str, teaser: str, image: str | None = None) -> Shown:
        """A news card as this platform draws it."""
        buttons = (
            Button(id="read", label="Read", style="primary"),
            Button(id="opinion", label="Opinions (0)"),
            Button(id="vote", label="👍 3", row=1),
            Button(id="gone", label="👎 1", row=1, disabled=True),
            Button(id="0:9", label="At the source", row=1, url="https://news.example/a", style="link"),
        )
        safe_title, safe_teaser = html.escape(title), html.escape(teaser)
        picture = f'<img src="{html.escape(image)}" alt="">' if image else ""
        if self._platform == "discord":
            body = (
                f'<div class="dc-container" style="--accent:#b3261e"><div class="dc-text"><h3>{safe_title}</h3></div>'
                f'<div class="dc-text"><small>The Vellmar Herald · 3 min read</small></div>'
                f'<div class="dc-media">{picture}</div><div class="dc-text"><p>{safe_teaser}</p></div></div>'
            )
        else:
            body = (
                f"<b>{safe_title}</b><br><br>{safe_teaser}<br>"
                f'<a class="tg-preview" href="https://news.example/a">news.example{picture}</a>'
            )
        return self.show(chat, f"{title}\n{teaser}", title=title, html=body, buttons=buttons)

    def _keep(self, chat: str, shown: Shown) -> None:
        document = {"chat": chat, "for": shown.reply_to if shown.ephemeral else None, **shown.as_json()}
        self._ground.documents.put(f"{_KIND}-{self._platform}", shown.id, document)
        self._ground.pulse.beat(self._platform, chat)

    def _enter(self, chat: str, person: str) -> None:
        if not any(each.chat == chat and _BY_ID[person] in each.people for each in self.chats()):
            raise UnknownChatError(f"{person} is in no chat {chat!r} on {self._platform}.")

    def _message(self, chat: str, message: str) -> Shown:
        for where, shown in self._messages:
            if (where, shown.id) == (chat, message):
                return shown
        raise UnknownThingError(f"There is no message {message} in this chat.")

    async def _ping(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})


def _revived(document: Mapping[str, object]) -> Shown:
    buttons = document["buttons"]
    assert isinstance(buttons, list)
    known = {name: document[name] for name in ("id", "author", "text", "title", "ephemeral", "edited", "html", "at")}
    return Shown(
        **known,  # type: ignore[arg-type]  # what as_json wrote
        buttons=tuple(Button(**button) for button in buttons),
        reply_to=document["reply_to"],  # type: ignore[arg-type]  # a text or None
    )
