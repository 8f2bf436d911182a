"""Who may manage a chat, asked of Telegram and remembered for a minute."""

import logging

from telegram import ChatMember
from telegram.error import TelegramError

from adapters.telegram.client import Client
from bot.domain.channel import ChannelRef
from bot.domain.person import PersonRef
from bot.ports.clock import Clock

_LOG = logging.getLogger(__name__)

_KEPT_S = 60.0
_KEPT_ANSWERS = 10_000


class Rights:
    """Owners and administrators manage a group or channel; a private chat is managed by the one it is with."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        """No while Telegram cannot be asked; only what Telegram said is remembered."""
        if person.id == channel.id:
            # A private chat, a channel speaking for itself, or an administrator who speaks as the group.
            return True
        if not person.id.isdecimal():
            return False
        now = self._clock.monotonic()
        key = (person.id, channel.id)
        at, is_manager = self._known.get(key, (now - _KEPT_S, False))
        if now - at < _KEPT_S:
            return is_manager
        try:
            member = await self._client.call("getChatMember", chat_id=int(channel.id), user_id=int(person.id))
        except TelegramError as error:
            _LOG.warning("telegram: cannot ask for rights in chat %s (%s)", channel.id, error.message)
            return False
        if len(self._known) >= _KEPT_ANSWERS:
            self._known.clear()
        is_manager = member.get("status") in {ChatMember.OWNER, ChatMember.ADMINISTRATOR}
        self._known[key] = (now, is_manager)
        return is_manager
