"""Answers, as Telegram shows them to the one who asked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, assert_never

from telegram import ReplyParameters
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.budget import Budget
from adapters.telegram.client import Client
from adapters.telegram.controls import deep_link
from adapters.telegram.errors import is_unchanged
from adapters.telegram.inbound import Incoming, Origin, prompt_key
from adapters.telegram.limits import CALLBACK_PATIENCE_S, TOAST_CHARACTERS
from adapters.telegram.pressed import Pressed
from adapters.telegram.render import Rendered, render, render_prompt, toast_text
from adapters.telegram.transport import NotSentError, SlowDownError
from bot.domain.channel import ChannelKind
from bot.messages.action import Action, ActionCodec
from bot.messages.exchange import Answer, Ask, Audience, Press, Replace, Request, Show, Submission, Suggestions, Toast
from bot.messages.fitting import shorten
from bot.messages.form import Form
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from bot.ports.clock import Clock
from bot.ports.platform import Desk
from bot.ports.prompts import Prompts

_LOG = logging.getLogger(__name__)

_SOON_S = 0.7
_TRIES = 3
_LONGEST_WAIT_S = 60.0
"""An answer that would come later than that is of no use to the one who asked."""


class Responder:
    """Asks the desk and shows what it says. Nothing that goes wrong on the way is raised."""

    def __init__(
        self,
        client: Client,
        *,
        username: str,
        desk: Desk,
        codec: ActionCodec,
        clock: Clock,
        prompts: Prompts,
        budget: Budget,
    ) -> None:
        self._client = client
        self._username = username
        self._desk = desk
        self._codec = codec
        self._clock = clock
        self._prompts = prompts
        self._budget = budget
        self._can_whisper = True

    async def respond(self, incoming: Incoming, step_aside: Callable[[], None]) -> None:
        """Answer one request; ``step_aside`` is called once the next request of the same person may begin."""
        request, origin = incoming.request, incoming.origin
        pressed = Pressed(self._client, origin.query)
        try:
            answer = await self._decide(request, origin, pressed)
            if not isinstance(answer, Replace):  # pages must not overtake each other
                step_aside()
            await self._give(answer, request, origin, pressed)
        except TelegramError as error:
            _LOG.warning("telegram: an answer in chat %d was not shown (%s)", origin.chat, error.message)
        await pressed.answer()
        if isinstance(request, Submission):
            await self._clear_prompt(origin)

    async def _decide(self, request: Request, origin: Origin, pressed: Pressed) -> Answer:
        action = request.action if isinstance(request, Press) else None
        form = self._desk.form_for(action) if isinstance(action, Action) else None
        if form is not None:
            return Ask(form=form)
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

    async def _give(self, answer: Answer, request: Request, origin: Origin, pressed: Pressed) -> None:
        match answer:
            case Show():
                await self._show(answer, request, origin, pressed)
            case Replace() if origin.query:
                await self._replace(answer, origin, pressed)
            case Replace():
                await self._say(answer.post, origin, pressed)
            case Ask():
                await self._ask(answer.form, origin, pressed)
            case Toast():
                await self._toast(answer.text, request, origin, pressed)
            case Suggestions():
                _LOG.error("telegram: nobody asked for suggestions here")
            case _:
                assert_never(answer)

    async def _show(self, answer: Show, request: Request, origin: Origin, pressed: Pressed) -> None:
        is_private_word = answer.audience is Audience.PERSON and origin.query is not None
        if is_private_word and origin.kind is ChannelKind.GROUP:
            await self._whisper(answer.post, request, origin, pressed)
        elif is_private_word and origin.kind is ChannelKind.BROADCAST:
            await self._lead_to_private(answer.post, request, origin, pressed)
        else:
            await self._say(answer.post, origin, pressed)

    async def _say(self, post: Post, origin: Origin, pressed: Pressed) -> None:
        """A message in the chat, as a reply where others talk too."""
        where = self._where(origin)
        if origin.query is None and origin.kind is not ChannelKind.PRIVATE:
            where["reply_parameters"] = _reply(origin)
        await asyncio.gather(pressed.answer(), self._spoken("sendMessage", self._render(post), where, pressed))

    async def _whisper(self, post: Post, request: Request, origin: Origin, pressed: Pressed) -> None:
        """A message that only the person sees (Bot API 10.3), else the same in the private chat."""
        if not self._can_whisper:
            await self._lead_to_private(post, request, origin, pressed)
            return
        whisper = {"receiver_user_id": origin.person, "callback_query_id": origin.query}
        where = self._where(origin) | {"ephemeral_message_parameters": whisper}
        try:
            message = await self._spoken("sendMessage", self._render(post), where, pressed)
        except (BadRequest, InvalidToken) as error:
            _LOG.info("telegram: no whispering in chat %d (%s)", origin.chat, error.message)
            await self._lead_to_private(post, request, origin, pressed)
            return
        if message is not None and "ephemeral_message_id" not in message:
            # A server of an older release ignores the field, and everybody saw the answer.
            self._can_whisper = False
            _LOG.warning("telegram: this server does not whisper; answers in groups lead to the private chat")
            await asyncio.gather(
                self._quietly("deleteMessage", chat_id=origin.chat, message_id=message["message_id"]),
                self._lead_to_private(post, request, origin, pressed),
            )

    async def _lead_to_private(self, post: Post, request: Request, origin: Origin, pressed: Pressed) -> None:
        """Open the private chat, where the same button is pressed again by a start command."""
        if not pressed.is_open:
            where = {"chat_id": origin.person}
            await self._spoken("sendMessage", self._render(post), where, pressed)
        elif isinstance(request, Press) and isinstance(request.action, Action):
            await pressed.answer(url=deep_link(self._username, origin.token))
        else:
            await pressed.answer(text=shorten(toast_text(post), TOAST_CHARACTERS))

    async def _replace(self, answer: Replace, origin: Origin, pressed: Pressed) -> None:
        toast = {"text": shorten(answer.toast, TOAST_CHARACTERS)} if answer.toast else {}
        rendered = self._render(answer.post)
        await asyncio.gather(pressed.answer(**toast), self._edit(rendered, origin, pressed))

    async def _edit(self, rendered: Rendered, origin: Origin, pressed: Pressed) -> None:
        where: dict[str, Any] = {"chat_id": origin.chat}
        if origin.ephemeral is not None:
            method = "editEphemeralMessageText"
            where |= {"receiver_user_id": origin.person, "ephemeral_message_id": origin.ephemeral}
        else:
            method = "editMessageText"
            where |= {"message_id": origin.message}
        try:
            await self._spoken(method, rendered, where, pressed)
        except BadRequest as error:
            if not is_unchanged(error):
                raise

    async def _ask(self, form: Form, origin: Origin, pressed: Pressed) -> None:
        token = self._codec.encode(form.action)
        if origin.kind is ChannelKind.BROADCAST:
            await self._ask_in_private(form, token, origin, pressed)
            return
        is_shared = origin.kind is not ChannelKind.PRIVATE
        mentioned = (origin.person, origin.name) if is_shared and origin.person is not None else None
        where = self._where(origin)
        if is_shared and origin.query is None:
            where["reply_parameters"] = _reply(origin)
        message = await self._spoken("sendMessage", render_prompt(form, mentioned=mentioned), where, pressed)
        if message is not None:
            await self._prompts.keep(prompt_key(origin.chat, message["message_id"]), token)

    async def _ask_in_private(self, form: Form, token: str, origin: Origin, pressed: Pressed) -> None:
        """In a channel nobody can reply."""
        link = deep_link(self._username, token)
        if pressed.is_open:
            await pressed.answer(url=link)
            return
        button = Control(label=form.title, link=link, is_primary=True)
        post = Post(tone=Tone.NOTICE, blocks=(Block(text=text(form.title)),), controls=((button,),))
        await self._say(post, origin, pressed)

    async def _toast(self, words: str, request: Request, origin: Origin, pressed: Pressed) -> None:
        if pressed.is_open:
            await pressed.answer(text=shorten(words, TOAST_CHARACTERS))
            return
        await self._show(Show(post=_note(words)), request, origin, pressed)

    async def _clear_prompt(self, origin: Origin) -> None:
        """Some clients keep showing an answered question as if it waited still."""
        if origin.kind is ChannelKind.GROUP and origin.prompt and not self._budget.take(origin.chat, is_answer=True):
            await self._quietly("deleteMessage", chat_id=origin.chat, message_id=origin.prompt)

    async def _spoken(self, method: str, rendered: Rendered, where: dict[str, Any], pressed: Pressed) -> Any:
        """The call's result; None where it could not be made in good time. Raises what Telegram refuses."""
        return await self._in_turn(where["chat_id"], pressed, lambda: self._client.show(method, rendered, **where))

    async def _in_turn(self, chat: int, pressed: Pressed, call: Callable[[], Awaitable[Any]]) -> Any:
        waited, tries = 0.0, 0
        while tries < _TRIES and waited < _LONGEST_WAIT_S:
            wait_s = self._budget.take(chat, is_answer=True)
            if not wait_s:
                tries += 1
                try:
                    return await call()
                except SlowDownError as error:
                    self._budget.close(chat, error.wait_s)
                    continue
                except NotSentError:
                    wait_s = 1.0
            await pressed.answer()  # the person sees that something happens
            if waited + wait_s > _LONGEST_WAIT_S:
                break
            await self._clock.sleep(wait_s)
            waited += wait_s
        _LOG.warning("telegram: an answer in chat %d was given up after %d tries and %.0f s", chat, tries, waited)
        return None

    async def _quietly(self, method: str, **parameters: Any) -> None:
        try:
            await self._client.call(method, **parameters)
        except TelegramError as error:
            _LOG.info("telegram: %s did nothing (%s)", method, error.message)

    def _render(self, post: Post) -> Rendered:
        return render(post, self._codec)

    @staticmethod
    def _where(origin: Origin) -> dict[str, Any]:
        return {"chat_id": origin.chat, "message_thread_id": origin.thread}


def _reply(origin: Origin) -> ReplyParameters | None:
    if origin.message is None:
        return None
    return ReplyParameters(message_id=origin.message, allow_sending_without_reply=True)


def _note(words: str) -> Post:
    return Post(tone=Tone.NOTICE, blocks=(Block(text=text(words)),))
