"""Every refusal in the core's four words."""

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError

from adapters.telegram.errors import send_error
from adapters.telegram.transport import AnswerLostError, NotSentError, SlowDownError
from bot.domain.channel import ChannelRef, Loss
from bot.ports.platform import ChannelLostError, PostRefusedError, SendError, TryLaterError, UncertainError

GROUP = ChannelRef(platform="telegram", id="-1", thread="4")

LOST = (
    Forbidden("Forbidden: bot was blocked by the user"),
    Forbidden("Forbidden: bot was kicked from the supergroup chat"),
    Forbidden("Forbidden: user is deactivated"),
    Forbidden("Forbidden: bot can't initiate conversation with a user"),
    BadRequest("Bad Request: chat not found"),
    BadRequest("CHAT_WRITE_FORBIDDEN"),
    BadRequest("Bad Request: need administrator rights in the channel chat"),
    BadRequest("Bad Request: not enough rights to send text messages to the chat"),
    BadRequest("Bad Request: have no write access to the chat"),
    BadRequest("Bad Request: TOPIC_CLOSED"),
    BadRequest("Bad Request: message thread not found"),
)
REFUSED = (
    BadRequest("Bad Request: message is too long"),
    BadRequest("Bad Request: message text is empty"),
    BadRequest("Bad Request: BUTTON_DATA_INVALID"),
    BadRequest("Bad Request: reply markup is too long"),
    BadRequest("Bad Request: message to edit not found"),
    BadRequest("Bad Request: message can't be edited"),
)
UNCERTAIN = (
    AnswerLostError("lost"),
    NetworkError("Internal Server Error: restart"),
    NetworkError("Bad Gateway"),
    TelegramError("Invalid server response"),
)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        *((error, ChannelLostError) for error in LOST),
        *((error, PostRefusedError) for error in REFUSED),
        *((error, UncertainError) for error in UNCERTAIN),
    ],
)
def test_each_refusal_has_its_meaning(error: TelegramError, meaning: type[SendError]) -> None:
    assert type(send_error(error, GROUP)) is meaning


@pytest.mark.parametrize(
    ("error", "loss"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Loss.BLOCKED),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), Loss.BLOCKED),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Loss.SHUT_OUT),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Loss.SHUT_OUT),
        (Forbidden("Forbidden: words that nobody foresaw"), Loss.SHUT_OUT),
        (Forbidden("Forbidden: the group chat was deleted"), Loss.GONE),
        (Forbidden("Forbidden: user is deactivated"), Loss.GONE),
        (BadRequest("Bad Request: chat not found"), Loss.GONE),
        (BadRequest("Bad Request: message thread not found"), Loss.GONE),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), Loss.NO_RIGHTS),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Loss.NO_RIGHTS),
        (BadRequest("Bad Request: TOPIC_CLOSED"), Loss.CLOSED),
    ],
)
def test_a_lost_chat_says_what_has_to_change(error: TelegramError, loss: Loss) -> None:
    lost = send_error(error, GROUP)
    assert isinstance(lost, ChannelLostError)
    assert lost.loss is loss


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [
        (SlowDownError(12), 12.0),
        (SlowDownError(43_837), 43_837.0),
        (NotSentError("no route"), 5.0),
        (InvalidToken("Unauthorized"), 60.0),
        (Conflict("terminated"), 60.0),
    ],
)
def test_what_was_certainly_not_sent_is_tried_later(error: TelegramError, wait_s: float) -> None:
    meaning = send_error(error, GROUP)
    assert isinstance(meaning, TryLaterError)
    assert meaning.wait_s == wait_s


@pytest.mark.parametrize("error", UNCERTAIN)
def test_what_may_be_repeated_is_never_uncertain(error: TelegramError) -> None:
    assert isinstance(send_error(error, GROUP, is_repeatable=True), TryLaterError)


def test_a_group_that_moved_keeps_its_thread() -> None:
    meaning = send_error(ChatMigrated(-100), GROUP)
    assert isinstance(meaning, ChannelLostError)
    assert meaning.moved_to == ChannelRef(platform="telegram", id="-100", thread="4")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "Telegram says: bot was blocked by the user"),
        (BadRequest("Bad Request: chat not found"), "Telegram says: Chat not found"),
        (SlowDownError(7), "Telegram asked for a pause"),
        (ChatMigrated(-1005), "the group became a supergroup"),
        (NotSentError("Telegram cannot be reached (ClientConnectorError: refused)"), "Telegram cannot be reached"),
        (AnswerLostError("Telegram's answer was lost (ServerDisconnectedError)"), "Telegram's answer was lost"),
    ],
)
def test_a_reason_is_a_sentence_for_readers(error: TelegramError, reason: str) -> None:
    assert str(send_error(error, GROUP)) == reason
