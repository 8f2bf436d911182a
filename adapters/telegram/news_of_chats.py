"""What an update says about a chat itself: that it let us in, or lives elsewhere now."""

from dataclasses import dataclass

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """We may speak there, perhaps again."""

    chat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A group became a supergroup, which has another id."""

    old: int
    new: int


def news_of(update: Update) -> Opened | Moved | None:
    """The news in the update, if any."""
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message
    if message is None:
        return None
    if message.migrate_to_chat_id is not None:
        return Moved(old=message.chat.id, new=message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return Moved(old=message.migrate_from_chat_id, new=message.chat.id)
    return None


def _membership(change: ChatMemberUpdated) -> Opened | None:
    now = change.new_chat_member
    is_in = now.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}
    is_heard = isinstance(now, ChatMemberRestricted) and now.is_member and now.can_send_messages
    return Opened(chat=change.chat.id) if is_in or is_heard else None
