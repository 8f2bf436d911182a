"""What Telegram tells us, as requests to the desk."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, Chat, Message, Update, User

from adapters.telegram.controls import linked_token
from adapters.telegram.limits import LIMITS, PLATFORM
from adapters.telegram.render import words_field
from bot.domain.channel import ChannelKind, ChannelRef
from bot.domain.person import Person, PersonRef
from bot.messages.action import Action, ActionCodec, Unreadable
from bot.messages.exchange import Command, Press, Request, Scene, Submission
from bot.messages.menu import CommandOption
from bot.ports.platform import Desk

ANONYMOUS_ADMIN = 1087968824
"""The account in whose name anonymous administrators of every group speak."""

_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
_START, _HELP = "start", "help"
_KINDS = {
    Chat.PRIVATE: ChannelKind.PRIVATE,
    Chat.GROUP: ChannelKind.GROUP,
    Chat.SUPERGROUP: ChannelKind.GROUP,
    Chat.CHANNEL: ChannelKind.BROADCAST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from, so where its answer goes.

    ``person`` is None for channels and anonymous administrators, who cannot be spoken to alone. ``message`` was typed
    or pressed; ``ephemeral`` is its number where only the person sees it; ``prompt`` is the question that it answers.
    ``query`` is the press that Telegram wants answered, ``token`` what its button carried.
    """

    chat: int
    kind: ChannelKind
    person: int | None
    name: str
    thread: int | None = None
    message: int | None = None
    ephemeral: int | None = None
    prompt: int | None = None
    query: str | None = None
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request and where it came from."""

    request: Request
    origin: Origin


class Inbound:
    """Reads updates. ``username`` is the bot's own, without ``@``."""

    def __init__(self, *, username: str, desk: Desk, codec: ActionCodec) -> None:
        self._username = username.lower()
        self._desk = desk
        self._codec = codec
        self._options = {command.name: command.options for command in desk.commands}

    def read(self, update: Update) -> Incoming | None:
        """The request in the update; None where there is nothing to answer."""
        once = str(update.update_id)
        if update.callback_query is not None:
            return self._press(update.callback_query, once)
        message = update.message or update.channel_post
        if message is None or message.is_automatic_forward or message.chat.type not in _KINDS:
            return None
        return self._message(message, once)

    def _press(self, query: CallbackQuery, once: str) -> Incoming | None:
        message = query.message
        if message is None or query.data is None or message.chat.type not in _KINDS:
            return None
        topic = _topic(message) if isinstance(message, Message) else None
        origin = Origin(
            chat=message.chat.id,
            kind=_KINDS[message.chat.type],
            person=query.from_user.id,
            name=query.from_user.full_name,
            thread=topic,
            message=message.message_id or None,
            ephemeral=message.api_kwargs.get("ephemeral_message_id"),
            query=query.id,
            token=query.data,
        )
        scene = _scene(message.chat, topic, _user(query.from_user), once, is_manager=_private(message.chat))
        return Incoming(request=Press(scene=scene, action=self._codec.decode(query.data)), origin=origin)

    def _message(self, message: Message, once: str) -> Incoming | None:
        author, is_manager = _author(message)
        text = message.text or message.caption or ""
        if author is None or not text:
            return None
        scene = _scene(message.chat, _topic(message), author, once, is_manager=is_manager)
        about = self._about(message.reply_to_message)
        request = self._command(scene, text, about) if text.startswith("/") else None
        prompt = None
        if request is None and not text.startswith("/"):
            replied = message.reply_to_message
            prompt = replied.message_id if replied else None
            request = self._submission(scene, replied, text) if replied else None
        if request is None and scene.kind is ChannelKind.PRIVATE:
            prompt, request = None, Command(scene=scene, name=_HELP, arguments={})
        if request is None:
            return None
        origin = Origin(
            chat=message.chat.id,
            kind=scene.kind,
            person=message.from_user.id if message.from_user and not message.sender_chat else None,
            name=author.name,
            thread=_topic(message),
            message=message.message_id or None,
            prompt=prompt,
        )
        return Incoming(request=request, origin=origin)

    def _about(self, replied: Message | None) -> Action | None:
        """What the first button of a message of ours does."""
        markup = replied.reply_markup if replied else None
        tokens = [button.callback_data for row in (markup.inline_keyboard if markup else ()) for button in row]
        first = tokens[0] if tokens else None
        action = self._codec.decode(first) if isinstance(first, str) else None
        return action if isinstance(action, Action) else None

    def _command(self, scene: Scene, text: str, about: Action | None) -> Request | None:
        typed = _COMMAND.fullmatch(text)
        if typed is None:
            return None
        name, rest = typed["name"].lower(), (typed["rest"] or "").strip()
        is_ours = typed["bot"] is not None and typed["bot"].lower() == self._username
        if typed["bot"] is not None and not is_ours:
            return None
        if name == _START and rest:
            return Press(scene=scene, action=self._codec.decode(rest))
        options = self._options.get(name)
        if options is None and not is_ours and scene.kind is not ChannelKind.PRIVATE and not self._is_near(name):
            return None  # a command of another bot in the same chat
        return Command(scene=scene, name=name, arguments=_arguments(options or (), rest), about=about)

    def _is_near(self, name: str) -> bool:
        """Whether somebody who typed this meant one of our commands."""
        return bool(difflib.get_close_matches(name, self._options, n=1, cutoff=0.7))

    def _submission(self, scene: Scene, replied: Message, text: str) -> Request | None:
        """The answer to a question of ours, which is known by the link in it and by having no buttons."""
        is_ours = replied.from_user is not None and (replied.from_user.username or "").lower() == self._username
        if not is_ours or replied.reply_markup is not None:
            return None
        tokens = (linked_token(self._username, entity.url or "") for entity in replied.entities)
        token = next(filter(None, tokens), None)
        action = self._codec.decode(token) if token else None
        match action:
            case Action():
                form = self._desk.form_for(action)
                field = words_field(form) if form else None
                return Submission(scene=scene, action=action, values={field.name: text}) if field else None
            case Unreadable():
                return Submission(scene=scene, action=action, values={})
            case None:
                return None


def channel_ref(chat: int, thread: int | None = None) -> ChannelRef:
    """The place as the core names it."""
    return ChannelRef(platform=PLATFORM, id=str(chat), thread=None if thread is None else str(thread))


def _arguments(options: tuple[CommandOption, ...], rest: str) -> Mapping[str, str]:
    """The words for the options in order; the last takes all that is left."""
    words = rest.split(maxsplit=len(options) - 1) if options else []
    return {option.name: word for option, word in zip(options, words, strict=False)}


def _author(message: Message) -> tuple[Person | None, bool | None]:
    """Who speaks, and whether the message itself says that they manage the chat (None: ask)."""
    chat, speaks_as, user = message.chat, message.sender_chat, message.from_user
    if speaks_as is not None:
        is_itself = speaks_as.id == chat.id
        is_anonymous_admin = is_itself and user is not None and user.id == ANONYMOUS_ADMIN
        is_channel_itself = is_itself and chat.type == Chat.CHANNEL
        return _person(speaks_as.id, speaks_as.title or ""), is_anonymous_admin or is_channel_itself
    if user is None:
        return None, False
    if user.id == ANONYMOUS_ADMIN:
        return _user(user), False
    return _user(user), _private(chat)


def _private(chat: Chat) -> bool | None:
    return True if chat.type == Chat.PRIVATE else None


def _user(user: User) -> Person:
    return _person(user.id, user.full_name)


def _person(id_: int, name: str) -> Person:
    return Person(ref=PersonRef(platform=PLATFORM, id=str(id_)), name=name)


def _topic(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _scene(chat: Chat, topic: int | None, person: Person, once: str, *, is_manager: bool | None) -> Scene:
    return Scene(
        channel=channel_ref(chat.id, topic),
        kind=_KINDS[chat.type],
        title=chat.title or chat.full_name or person.name,
        person=person,
        limits=LIMITS,
        once=once,
        is_manager=is_manager,
        may_post=True if chat.type == Chat.PRIVATE else None,
    )
