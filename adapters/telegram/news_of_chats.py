"""What an update says about a chat itself: that it let us in, shut us out, or lives elsewhere now."""

from dataclasses import dataclass

from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberRestricted, ChatMemberUpdated, Update

from bot.domain.channel import Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """We may speak there, perhaps again; ``thread`` is a topic of the chat."""

    chat: int
    thread: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """We may not speak there any more."""

    chat: int
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A group became a supergroup, which has another id."""

    old: int
    new: int


def news_of(update: Update) -> Opened | Closed | Moved | None:
    """The news in the update, if any."""
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message
    if message is None:
        return None
    if message.forum_topic_reopened is not None:
        return Opened(chat=message.chat.id, thread=message.message_thread_id)
    if message.migrate_to_chat_id is not None:
        return Moved(old=message.chat.id, new=message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return Moved(old=message.migrate_from_chat_id, new=message.chat.id)
    return None


def _membership(change: ChatMemberUpdated) -> Opened | Closed:
    chat, now = change.chat, change.new_chat_member
    match now:
        case ChatMemberRestricted() if now.is_member:
            is_heard, loss = now.can_send_messages, Loss.NO_RIGHTS
        case ChatMemberAdministrator() if chat.type == Chat.CHANNEL:
            is_heard, loss = now.can_post_messages is not False, Loss.NO_RIGHTS
        case ChatMember(status=ChatMember.OWNER | ChatMember.ADMINISTRATOR | ChatMember.MEMBER):
            is_heard, loss = True, Loss.NO_RIGHTS
        case _:
            is_heard, loss = False, Loss.BLOCKED if chat.type == Chat.PRIVATE else Loss.SHUT_OUT
    return Opened(chat=chat.id) if is_heard else Closed(chat=chat.id, loss=loss)
