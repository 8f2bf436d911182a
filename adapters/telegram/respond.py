"""Answers, as Telegram shows them to the one who asked."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, assert_never

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from adapters.telegram.controls import deep_link
from adapters.telegram.errors import is_unchanged
from adapters.telegram.inbound import Incoming, Origin
from adapters.telegram.limits import CALLBACK_PATIENCE_S, TOAST_CHARACTERS
from adapters.telegram.pressed import Pressed
from adapters.telegram.render import Rendered, render, render_prompt, toast_text
from adapters.telegram.speech import Speech
from bot.domain.channel import ChannelKind
from bot.messages.action import Action, ActionCodec
from bot.messages.exchange import Answer, Ask, Audience, Press, Replace, Request, Show, Submission, Suggestions, Toast
from bot.messages.fitting import shorten
from bot.messages.form import Form
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from bot.ports.clock import Clock
from bot.ports.platform import Desk

_LOG = logging.getLogger(__name__)

_SOON_S = 0.7
_LONG_PATIENCE_S = 60.0
"""An answer that would come later than that is of no use to the one who asked."""
_SHORT_PATIENCE_S = 2.0
"""Where a group has heard its twenty messages of this minute, the private chat is the quicker way."""


class Responder:
    """Asks the desk and shows what it says. ``username`` is the bot's own, for links into its private chat."""

    def __init__(self, speech: Speech, *, username: str, desk: Desk, codec: ActionCodec, clock: Clock) -> None:
        self._speech = speech
        self._username = username
        self._desk = desk
        self._codec = codec
        self._clock = clock
        self._can_whisper = True

    async def respond(self, incoming: Incoming, pressed: Pressed, step_aside: Callable[[], None]) -> None:
        """Answer one request; ``step_aside`` is called once the next request of the same person may begin.

        What Telegram refuses is logged, not raised.
        """
        request, origin = incoming.request, incoming.origin
        try:
            answer = await self._decide(request, origin, pressed)
            if not isinstance(answer, Replace):  # pages must not overtake each other
                step_aside()
            await self._give(answer, incoming, pressed)
        except TelegramError as error:
            _LOG.warning("telegram: an answer in chat %d was not shown (%s)", origin.chat, error.message)
        await pressed.answer()
        if isinstance(request, Submission) and origin.kind is ChannelKind.GROUP and origin.prompt is not None:
            # Some clients keep showing an answered question as if it waited still.
            await self._speech.take_away(origin.chat, origin.prompt)

    async def _decide(self, request: Request, origin: Origin, pressed: Pressed) -> Answer:
        if not pressed.is_open:
            return await self._desk.answer(request)
        reminder = asyncio.create_task(self._acknowledge_late(origin, pressed))
        try:
            return await self._desk.answer(request)
        finally:
            if pressed.is_open:
                reminder.cancel()
            await asyncio.wait([reminder])

    async def _acknowledge_late(self, origin: Origin, pressed: Pressed) -> None:
        # Where the answer may have to lead to the private chat, only the answer to the press can do that.
        may_lead_away = origin.kind is ChannelKind.BROADCAST or (
            origin.kind is ChannelKind.GROUP and not self._can_whisper
        )
        await self._clock.sleep(CALLBACK_PATIENCE_S if may_lead_away else _SOON_S)
        await pressed.answer()

    async def _give(self, answer: Answer, incoming: Incoming, pressed: Pressed) -> None:
        match answer:
            case Show():
                await self._show(answer, incoming, pressed)
            case Replace():
                await self._replace(answer, incoming.origin, pressed)
            case Ask():
                await self._ask(answer.form, incoming.origin, pressed)
            case Toast() if pressed.is_open:
                await pressed.answer(text=shorten(answer.text, TOAST_CHARACTERS))
            case Toast():
                await self._show(Show(post=_note(answer.text)), incoming, pressed)
            case Suggestions():
                _LOG.error("telegram: nobody asked for suggestions here")
            case _:
                assert_never(answer)

    async def _show(self, answer: Show, incoming: Incoming, pressed: Pressed) -> None:
        origin = incoming.origin
        is_aside = answer.audience is not Audience.CHANNEL and origin.query is not None
        if is_aside and origin.kind is ChannelKind.GROUP:
            await self._whisper(answer.post, incoming, pressed)
        elif is_aside and origin.kind is ChannelKind.BROADCAST:
            await self._lead_to_private(answer.post, incoming, pressed)
        elif answer.audience is not Audience.ALONE or not await self._said_alone(answer.post, origin, pressed):
            await self._say(answer.post, origin, pressed)

    async def _say(self, post: Post, origin: Origin, pressed: Pressed) -> None:
        """A message in the chat, as a reply where others talk too."""
        await asyncio.gather(pressed.answer(), self._send(self._render(post), where_to_answer(origin), pressed))

    async def _said_alone(self, post: Post, origin: Origin, pressed: Pressed) -> bool:
        """Whether the person heard it in the private chat, which only they can have opened."""
        if origin.kind is not ChannelKind.GROUP or origin.person is None:
            return False
        where = {"chat_id": origin.person}
        try:
            return await self._send(self._render(post), where, pressed, patience_s=_SHORT_PATIENCE_S) is not None
        except (BadRequest, Forbidden):
            return False

    async def _whisper(self, post: Post, incoming: Incoming, pressed: Pressed) -> None:
        """A message that only the person sees (Bot API 10.3), else the same in the private chat."""
        origin = incoming.origin
        if not self._can_whisper:
            await self._lead_to_private(post, incoming, pressed)
            return
        whisper = {"receiver_user_id": origin.person, "callback_query_id": origin.query}
        where = where_to_answer(origin) | {"ephemeral_message_parameters": whisper}
        try:
            message = await self._send(self._render(post), where, pressed, patience_s=_SHORT_PATIENCE_S)
        except (BadRequest, InvalidToken) as error:
            _LOG.info("telegram: no whispering in chat %d (%s)", origin.chat, error.message)
            message = None
        if message is None:
            await self._lead_to_private(post, incoming, pressed)
        elif "ephemeral_message_id" not in message:
            # A server of an older release ignores the field, and everybody saw the answer.
            self._can_whisper = False
            _LOG.warning("telegram: this server does not whisper; answers in groups lead to the private chat")
            take_away = self._speech.take_away(origin.chat, message["message_id"])
            await asyncio.gather(take_away, self._lead_to_private(post, incoming, pressed))

    async def _lead_to_private(self, post: Post, incoming: Incoming, pressed: Pressed) -> None:
        """Open the private chat, where the same button is pressed again by a start command."""
        request, origin = incoming.request, incoming.origin
        if not pressed.is_open:
            await self._send(self._render(post), {"chat_id": origin.person}, pressed)
        elif isinstance(request, Press) and isinstance(request.action, Action):
            await pressed.answer(url=deep_link(self._username, origin.token))
        else:
            await pressed.answer(text=shorten(toast_text(post), TOAST_CHARACTERS))

    async def _replace(self, answer: Replace, origin: Origin, pressed: Pressed) -> None:
        if origin.query is None:
            await self._say(answer.post, origin, pressed)
            return
        toast = {"text": shorten(answer.toast, TOAST_CHARACTERS)} if answer.toast else {}
        await asyncio.gather(pressed.answer(**toast), self._edit(self._render(answer.post), origin, pressed))

    async def _edit(self, rendered: Rendered, origin: Origin, pressed: Pressed) -> None:
        where: dict[str, Any] = {"chat_id": origin.chat}
        if origin.ephemeral is not None:
            method = "editEphemeralMessageText"
            where |= {"receiver_user_id": origin.person, "ephemeral_message_id": origin.ephemeral}
        else:
            method = "editMessageText"
            where |= {"message_id": origin.message}
        try:
            await self._speech.say(method, rendered, where, meanwhile=pressed.answer, patience_s=_LONG_PATIENCE_S)
        except BadRequest as error:
            if not is_unchanged(error):
                raise

    async def _ask(self, form: Form, origin: Origin, pressed: Pressed) -> None:
        link = deep_link(self._username, self._codec.encode(form.action))
        if origin.kind is ChannelKind.BROADCAST:
            await self._ask_in_private(form, link, origin, pressed)
            return
        is_shared = origin.kind is not ChannelKind.PRIVATE
        mentioned = (origin.person, origin.name) if is_shared and origin.person is not None else None
        patience_s = _SHORT_PATIENCE_S if is_shared and pressed.is_open else _LONG_PATIENCE_S
        prompt = render_prompt(form, link=link, mentioned=mentioned)
        message = await self._send(prompt, where_to_answer(origin), pressed, patience_s=patience_s)
        if message is None and is_shared and pressed.is_open:
            await pressed.answer(url=link)

    async def _ask_in_private(self, form: Form, link: str, origin: Origin, pressed: Pressed) -> None:
        """In a channel nobody can reply."""
        if pressed.is_open:
            await pressed.answer(url=link)
            return
        button = Control(label=form.title, link=link, is_primary=True)
        post = Post(tone=Tone.NOTICE, blocks=(Block(text=text(form.title)),), controls=((button,),))
        await self._say(post, origin, pressed)

    async def _send(
        self, rendered: Rendered, where: dict[str, Any], pressed: Pressed, *, patience_s: float = _LONG_PATIENCE_S
    ) -> Any:
        return await self._speech.say("sendMessage", rendered, where, meanwhile=pressed.answer, patience_s=patience_s)

    def _render(self, post: Post) -> Rendered:
        return render(post, self._codec)


def where_to_answer(origin: Origin) -> dict[str, Any]:
    """The chat and topic; what was typed where others talk too is replied to."""
    where: dict[str, Any] = {"chat_id": origin.chat, "message_thread_id": origin.thread}
    if origin.query is None and origin.kind is not ChannelKind.PRIVATE and origin.message is not None:
        where["reply_parameters"] = {"message_id": origin.message, "allow_sending_without_reply": True}
    return where


def _note(words: str) -> Post:
    return Post(tone=Tone.NOTICE, blocks=(Block(text=text(words)),))
