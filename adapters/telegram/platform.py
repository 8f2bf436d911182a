"""Telegram as one of the platforms the desk speaks through."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from telegram import Update, User
from telegram.error import InvalidToken, TelegramError

from adapters.telegram.budget import Budget, Purpose
from adapters.telegram.client import Client
from adapters.telegram.errors import is_gone, is_unchanged, send_error
from adapters.telegram.excuses import Excuses
from adapters.telegram.handling import Handler
from adapters.telegram.inbound import ANONYMOUS_ADMIN, Inbound, channel_ref
from adapters.telegram.limits import LIMITS, OVERALL, PAID, PAID_IN_FLIGHT, PLATFORM
from adapters.telegram.menu import publish_menus
from adapters.telegram.news_of_chats import Closed, Moved, Opened, news_of
from adapters.telegram.polling import Poller
from adapters.telegram.pressed import Pressed
from adapters.telegram.render import Rendered, render
from adapters.telegram.respond import Responder
from adapters.telegram.rights import Rights
from adapters.telegram.speech import Speech
from adapters.telegram.transport import AiohttpTransport, SlowDownError, api_address
from adapters.telegram.updates import read_update
from adapters.telegram.webhook import Webhook, WebhookListener
from bot.domain.channel import ChannelRef
from bot.domain.delivery import Receipt
from bot.domain.person import PersonRef
from bot.messages.action import ActionCodec
from bot.messages.limits import Limits
from bot.messages.memo import Memo
from bot.messages.post import Post, Tone
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox
from bot.ports.measures import Measure, SlowedDown, unmeasured
from bot.ports.platform import Desk, Doors, PlatformStartError, PostRefusedError
from bot.ports.progress import Beat, unheard

_LOG = logging.getLogger(__name__)

_START_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_REFUSED = (
    "Telegram refused the token. Copy it from @BotFather (it looks like 123456789:AA…) into NEWSBOT_TELEGRAM_TOKEN "
    "and start again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramOptions:
    """``api_url`` is the Bot API server's address up to the token, such as ``http://host:port/bot``; None: Telegram's.

    ``rates``: whether we keep Telegram's limits by ourselves (a server without limits needs none). ``pays``: posts
    beyond 30 a second are paid for.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    rates: bool = True
    pays: bool = False


class TelegramPlatform:
    """A ChatPlatform over python-telegram-bot. ``doors`` hears of chats that open, close and move.

    With a ``webhook`` updates are not fetched: receivers put them into the inbox.
    """

    def __init__(
        self,
        options: TelegramOptions,
        *,
        codec: ActionCodec,
        clock: Clock,
        inbox: Inbox,
        doors: Doors | None = None,
        webhook: Webhook | None = None,
        measure: Measure = unmeasured,
    ) -> None:
        self._codec = codec
        self._rendered: Memo[Post, Rendered] = Memo(lambda post: render(post, codec))
        self._clock = clock
        self._inbox = inbox
        self._doors = doors
        self._transport = AiohttpTransport(
            api_address(options.api_url, options.token), on_slow_down=lambda: measure(SlowedDown(platform=PLATFORM))
        )
        self._client = Client(self._transport)
        self._budget = Budget(clock, overall=PAID if options.pays else OVERALL, is_kept=options.rates)
        self._paid = True if options.pays else None
        self._limits = replace(LIMITS, in_flight=PAID_IN_FLIGHT) if options.pays else LIMITS
        self._rights = Rights(self._client, clock)
        self._is_ready = asyncio.Event()
        self._webhook = webhook
        self._arrived = asyncio.Event()
        self._excuses: Excuses | None = None

    @property
    def name(self) -> str:
        return PLATFORM

    @property
    def limits(self) -> Limits:
        return self._limits

    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        """See ChatPlatform. Raises PlatformStartError when the token is refused."""
        await self._transport.initialize()
        try:
            me = await self._log_in()
            await publish_menus(self._client, desk.commands)
            listener = self._listener(desk, me, beat)
            _LOG.info("telegram: ready as @%s", me.username)
            self._is_ready.set()
            await listener.run()
        finally:
            await self.close()

    async def ready(self) -> None:
        """Return once ``listen`` is connected for the first time."""
        await self._is_ready.wait()

    async def close(self) -> None:
        """End all connections; sends are put off until ``listen`` runs again. ``listen`` calls it at its end."""
        await self._transport.shutdown()

    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        """Show the post. Telegram recognises no repeat, so ``once`` is of no use here. Raises SendError kinds."""
        chat = _number(to.id)
        thread = _number(to.thread) if to.thread is not None else None
        purpose = Purpose.BREAKING if post.tone is Tone.BREAKING else Purpose.POST
        waited = await self._budget.turn(chat, purpose)
        try:
            with self._budget.under_way(chat):
                message = await self._client.show(
                    "sendMessage",
                    self._rendered(post),
                    chat_id=chat,
                    message_thread_id=thread,
                    allow_paid_broadcast=self._paid,
                )
        except TelegramError as error:
            self._note(error, chat)
            raise send_error(error, to) from None
        return Receipt(channel=to, message_ids=(str(message["message_id"]),), note=to.id, waited=waited)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Make the sent message say this; no change is a success. Raises SendError kinds, but never UncertainError."""
        chat = _number(receipt.channel.id)
        _demand_same_chat(receipt)
        rendered = self._rendered(post)
        for message in receipt.message_ids[:1]:
            await self._budget.turn(chat, Purpose.EDIT)
            try:
                with self._budget.under_way(chat):
                    await self._client.show("editMessageText", rendered, chat_id=chat, message_id=_number(message))
            except TelegramError as error:
                if is_unchanged(error):
                    continue
                self._note(error, chat)
                raise send_error(error, receipt.channel, is_repeatable=True) from None
        return receipt

    async def withdraw(self, receipt: Receipt) -> None:
        """Take the messages away; one that is gone is a success. Raises SendError kinds, but never UncertainError."""
        chat = _number(receipt.channel.id)
        _demand_same_chat(receipt)
        for message in receipt.message_ids:
            await self._budget.turn(chat, Purpose.EDIT)
            try:
                with self._budget.under_way(chat):
                    await self._client.call("deleteMessage", chat_id=chat, message_id=_number(message))
            except TelegramError as error:
                if is_gone(error):
                    continue
                self._note(error, chat)
                raise send_error(error, receipt.channel, is_repeatable=True) from None

    async def find(self, to: ChannelRef, post: Post, *, since: datetime) -> Receipt | None:
        """Always None: a bot cannot read a chat's history."""
        return None

    def leave_alone(self, channel: ChannelRef, for_s: float) -> None:
        """See ChatPlatform."""
        self._budget.close(_number(channel.id), for_s)

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        """Whether the person may manage the channel, as Telegram said at most 60 s ago; no while it cannot be asked."""
        return await self._rights.may_manage(person, channel)

    def private_chat(self, person: PersonRef) -> ChannelRef | None:
        """See ChatPlatform. A private chat has the person's own number; groups and channels have negative ones."""
        is_person = person.id.isdecimal() and int(person.id) != ANONYMOUS_ADMIN
        return ChannelRef(platform=PLATFORM, id=person.id) if is_person else None

    async def excuse(self, raw: object) -> None:
        """Tell whoever speaks in the update, which was pushed to us and cannot be kept, that the answer comes later."""
        update = read_update(raw, self._client)
        if update is not None and self._excuses is not None:
            await self._excuses.make([update])

    def look(self) -> None:
        """A receiver in this process has put something into the inbox."""
        self._arrived.set()

    def _listener(self, desk: Desk, me: User, beat: Beat) -> Poller | WebhookListener:
        username = me.username or ""
        inbound = Inbound(username=username, desk=desk, codec=self._codec)
        speech = Speech(self._client, clock=self._clock, budget=self._budget)
        responder = Responder(speech, username=username, desk=desk, codec=self._codec, clock=self._clock)
        handle = self._handler(inbound, responder)
        self._excuses = Excuses(self._client, speech, inbound, codec=self._codec, clock=self._clock)
        if self._webhook is None:
            excuse = self._excuses.make
            return Poller(self._client, inbox=self._inbox, clock=self._clock, handle=handle, excuse=excuse, beat=beat)
        return WebhookListener(
            self._client,
            self._webhook,
            inbox=self._inbox,
            clock=self._clock,
            handle=handle,
            arrived=self._arrived,
            beat=beat,
        )

    async def _log_in(self) -> User:
        failures = 0
        while True:
            try:
                return await self._client.get_me()
            except InvalidToken:
                raise PlatformStartError(_REFUSED) from None
            except TelegramError as error:
                wait_s = _START_WAITS_S[min(failures, len(_START_WAITS_S) - 1)]
                _LOG.warning("telegram: cannot log in (%s); next try in %.0f s", error.message, wait_s)
                await self._clock.sleep(wait_s)
                failures += 1

    def _handler(self, inbound: Inbound, responder: Responder) -> Handler:
        async def handle(update: Update, step_aside: Callable[[], None]) -> None:
            try:
                await self._tell(update)
                incoming = inbound.read(update)
                if incoming is not None:
                    await responder.respond(incoming, Pressed(self._client, incoming.origin.query), step_aside)
            except Exception:  # noqa: BLE001  # whatever is wrong with one update, the others go on
                _LOG.exception("telegram: update %s was skipped", update.update_id)

        return handle

    async def _tell(self, update: Update) -> None:
        if self._doors is None:
            return
        match news_of(update):
            case Opened(chat=chat, thread=thread):
                await self._doors.opened(channel_ref(chat, thread))
            case Closed(chat=chat, loss=loss):
                await self._doors.closed([channel_ref(chat)], reason=f"Telegram says: {loss}", loss=loss)
            case Moved(old=old, new=new):
                await self._doors.moved(channel_ref(old), channel_ref(new))
            case None:
                pass

    def _note(self, error: TelegramError, chat: int) -> None:
        if isinstance(error, SlowDownError):
            self._budget.close(chat, error.wait_s)


def _demand_same_chat(receipt: Receipt) -> None:
    """A group that became a supergroup counts its messages anew: an old number there is another message's."""
    if receipt.note and receipt.note != receipt.channel.id:
        raise PostRefusedError("The message stayed behind in the group's former chat")


def _number(id_: str) -> int:
    try:
        return int(id_)
    except ValueError:
        raise PostRefusedError("Telegram's ids are numbers") from None
