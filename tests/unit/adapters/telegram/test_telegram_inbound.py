"""Raw updates as requests: who speaks, where, and with which rights."""

from typing import Any

import pytest
from telegram import Update

from adapters.telegram.inbound import ANONYMOUS_ADMIN, Inbound, Incoming
from adapters.telegram.news_of_chats import Closed, Moved, Opened, news_of
from bot.domain.channel import ChannelKind, ChannelRef, Loss
from bot.domain.person import PersonRef
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import Command, Press, Submission
from bot.messages.form import Form, FormField
from bot.messages.menu import CommandOption, CommandSpec
from tests.fakes.desk import FakeDesk

Raw = dict[str, Any]
CODEC = ActionCodec(b"a key for tests")
OPINE = Action(verb=Verb.OPINE, subject=7)
GROUP: Raw = {"id": -100, "type": "supergroup", "title": "City news"}
PRIVATE: Raw = {"id": 5, "type": "private", "first_name": "Ana"}
CHANNEL: Raw = {"id": -200, "type": "channel", "title": "News"}
ANA: Raw = {"id": 5, "is_bot": False, "first_name": "Ana", "last_name": "Petrova"}
ANONYMOUS: Raw = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group"}
COMMANDS = (
    CommandSpec(name="headlines", description="The latest", options=(CommandOption(name="topic", description="T"),)),
)
ASKING = f"https://t.me/News_bot?start={CODEC.encode(OPINE)}"
FORM = Form(action=OPINE, title="Opinion", prompt="What?", fields=(FormField(name="words", label="Words"),))


async def read(kind: str = "message", sender: Raw | None = None, **body: Any) -> Incoming | None:
    inbound = Inbound(
        username="News_bot",
        desk=FakeDesk(commands=COMMANDS, forms={Verb.OPINE: FORM}),
        codec=CODEC,
    )
    if kind != "callback_query":
        body = {"message_id": 9, "date": 1_788_000_000, **body}
    if sender is not None:
        body["from"] = sender
    return inbound.read(Update.de_json({"update_id": 41, kind: body}, None))


def question(link: str) -> Raw:
    """A message of ours with that link."""
    sender = {"id": 1, "is_bot": True, "first_name": "News", "username": "News_bot"}
    linked = {"type": "text_link", "offset": 0, "length": 5, "url": link}
    said = {"text": "What?", "entities": [linked]}
    return {"message_id": 8, "date": 1_788_000_000, "chat": GROUP, "from": sender, **said}


async def command(**body: Any) -> Command:
    incoming = await read(**body)
    assert incoming is not None
    assert isinstance(incoming.request, Command)
    return incoming.request


async def test_a_person_in_a_group_must_be_asked_about() -> None:
    scene = (await command(chat=GROUP, text="/headlines", sender=ANA)).scene
    assert (scene.kind, scene.title, scene.once, scene.is_manager) == (ChannelKind.GROUP, "City news", "41", None)
    assert (scene.person.ref, scene.person.name) == (PersonRef(platform="telegram", id="5"), "Ana Petrova")


async def test_an_anonymous_administrator_of_this_group_manages_it() -> None:
    scene = (await command(chat=GROUP, sender_chat=GROUP, text="/headlines", sender=ANONYMOUS)).scene
    assert (scene.is_manager, scene.person.ref.id) == (True, "-100")


@pytest.mark.parametrize("speaks_as", [CHANNEL, {**GROUP, "id": -300}])
async def test_whoever_speaks_as_another_chat_is_never_a_manager(speaks_as: Raw) -> None:
    scene = (await command(chat=GROUP, sender_chat=speaks_as, text="/headlines", sender=ANONYMOUS)).scene
    assert scene.is_manager is False


async def test_the_anonymous_account_without_its_group_is_never_a_manager() -> None:
    assert (await command(chat=GROUP, text="/headlines", sender=ANONYMOUS)).scene.is_manager is False


async def test_an_anonymous_administrator_cannot_be_spoken_to_alone() -> None:
    incoming = await read(chat=GROUP, sender_chat=GROUP, text="/headlines", sender=ANONYMOUS)
    assert incoming is not None
    assert incoming.origin.person is None


async def test_a_channels_own_post_that_was_forwarded_into_its_group_is_not_heard() -> None:
    assert await read(chat=GROUP, sender_chat=CHANNEL, text="/headlines", is_automatic_forward=True) is None


async def test_a_topic_of_a_forum_is_a_thread_and_general_is_none() -> None:
    topic: Raw = {"message_thread_id": 12, "is_topic_message": True}
    scene = (await command(chat=GROUP, text="/headlines", **topic, sender=ANA)).scene
    assert scene.channel == ChannelRef(platform="telegram", id="-100", thread="12")
    reply_thread: Raw = {"message_thread_id": 12}
    general = (await command(chat=GROUP, text="/headlines", **reply_thread, sender=ANA)).scene
    assert general.channel == ChannelRef(platform="telegram", id="-100")


@pytest.mark.parametrize(
    "text", ["/headlines@News_Bot Gaza", "/HEADLINES Gaza", "/headlines\nGaza", "/headlines   Gaza  "]
)
async def test_a_command_is_known_however_it_is_typed(text: str) -> None:
    typed = await command(chat=GROUP, text=text, sender=ANA)
    assert (typed.name, typed.arguments) == ("headlines", {"topic": "Gaza"})


@pytest.mark.parametrize("text", ["/headlines@other_bot", "/weather", "hello", "/", "/héadlines", "// note"])
async def test_what_is_not_for_us_in_a_group_is_not_heard(text: str) -> None:
    assert await read(chat=GROUP, text=text, sender=ANA) is None


async def test_an_unknown_command_that_names_us_is_answered_in_a_group_too() -> None:
    assert (await command(chat=GROUP, text="/weather@news_bot", sender=ANA)).name == "weather"


async def test_a_deep_link_is_a_press_without_a_query() -> None:
    incoming = await read(chat=PRIVATE, text=f"/start {CODEC.encode(OPINE)}", sender=ANA)
    assert incoming is not None
    assert isinstance(incoming.request, Press)
    assert (incoming.request.action, incoming.origin.query) == (OPINE, None)


async def test_a_start_without_a_token_is_a_command() -> None:
    assert (await command(chat=PRIVATE, text="/start", sender=ANA)).name == "start"


@pytest.mark.parametrize("data", ["", "x" * 64, "1-read-7-0-AAAAAAAAAAAA", "9-read-7-0-AAAAAAAAAAAA"])
async def test_a_forged_press_is_unreadable_and_never_an_action(data: str) -> None:
    message = {"message_id": 9, "date": 0, "chat": GROUP}
    query: Raw = {"id": "1", "chat_instance": "1", "data": data, "message": message}
    incoming = await read("callback_query", sender=ANA, **query)
    assert incoming is not None
    assert isinstance(incoming.request, Press)
    assert isinstance(incoming.request.action, Unreadable)


async def test_a_press_on_a_whisper_knows_its_number() -> None:
    message = {"message_id": 0, "date": 1_788_000_000, "chat": GROUP, "ephemeral_message_id": 3}
    query: Raw = {"id": "1", "chat_instance": "1", "data": CODEC.encode(OPINE), "message": message}
    incoming = await read("callback_query", sender=ANA, **query)
    assert incoming is not None
    assert (incoming.origin.ephemeral, incoming.origin.message) == (3, None)


@pytest.mark.parametrize(
    ("token", "action"), [(CODEC.encode(OPINE), OPINE), ("0-opine-7", Unreadable(is_other_version=True))]
)
async def test_a_reply_to_a_question_of_ours_is_a_submission(token: str, action: Action | Unreadable) -> None:
    replied = question(f"https://t.me/News_bot?start={token}")
    incoming = await read(chat=GROUP, text="Close it.", reply_to_message=replied, sender=ANA)
    assert incoming is not None
    assert isinstance(incoming.request, Submission)
    assert incoming.request.action == action
    assert incoming.request.values == ({"words": "Close it."} if action == OPINE else {})
    assert incoming.origin.prompt == 8


async def test_a_press_without_a_message_is_left_alone() -> None:
    assert await read("callback_query", sender=ANA, id="1", chat_instance="1", data="x", inline_message_id="2") is None


@pytest.mark.parametrize(
    "replied",
    [
        {"message_id": 8, "date": 1_788_000_000, "chat": GROUP},
        question("https://t.me/News_bot"),
        question("https://t.me/other_bot?start=" + CODEC.encode(OPINE)),
        question("https://example.com/?start=" + CODEC.encode(OPINE)),
        question(ASKING) | {"from": ANA},
        question(ASKING) | {"reply_markup": {"inline_keyboard": [[{"text": "Read", "callback_data": "x"}]]}},
        question("https://t.me/News_bot?start=" + CODEC.encode(Action(verb=Verb.READ, subject=7))),
    ],
)
async def test_a_reply_to_anything_else_is_chatter(replied: Raw) -> None:
    assert await read(chat=GROUP, text="Close it.", reply_to_message=replied, sender=ANA) is None


async def test_a_picture_without_words_is_not_answered() -> None:
    assert await read(chat=PRIVATE, sender=ANA) is None


_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def membership(status: str, chat: Raw = CHANNEL) -> Update:
    user = {"id": 1, "is_bot": True, "first_name": "newsbot"}
    rights = dict.fromkeys(_RIGHTS, False)
    member = {"status": status, "user": user} | (rights if status == "administrator" else {})
    change = {
        "chat": chat,
        "from": ANA,
        "date": 1_788_000_000,
        "old_chat_member": {"status": "left", "user": user},
        "new_chat_member": member | ({"until_date": 0} if status == "kicked" else {}),
    }
    return Update.de_json({"update_id": 1, "my_chat_member": change}, None)


def test_being_let_in_or_promoted_opens_a_chat_and_being_thrown_out_does_not() -> None:
    assert news_of(membership("administrator")) == Opened(chat=-200)
    assert news_of(membership("member", PRIVATE)) == Opened(chat=5)
    assert news_of(membership("kicked")) == Closed(chat=-200, loss=Loss.SHUT_OUT)
    assert news_of(membership("left")) == Closed(chat=-200, loss=Loss.SHUT_OUT)
    reopened = {"message_id": 9, "date": 1, "chat": {"id": -300, "type": "supergroup", "title": "News"}} | {
        "message_thread_id": 5,
        "is_topic_message": True,
        "forum_topic_reopened": {},
    }
    update = Update.de_json({"update_id": 1, "message": reopened}, None)
    assert news_of(update) == Opened(chat=-300, thread=5)
    assert news_of(membership("kicked", PRIVATE)) == Closed(chat=5, loss=Loss.BLOCKED)


def test_both_service_messages_of_a_migration_say_the_same() -> None:
    for chat, told in (
        ({"id": -1, "type": "group"}, {"migrate_to_chat_id": -100}),
        (GROUP, {"migrate_from_chat_id": -1}),
    ):
        message = {"message_id": 9, "date": 1_788_000_000, "chat": chat, **told}
        assert news_of(Update.de_json({"update_id": 1, "message": message}, None)) == Moved(old=-1, new=-100)


async def test_a_command_in_reply_to_one_of_our_cards_knows_what_its_first_button_does() -> None:
    token = CODEC.encode(OPINE)
    card: Raw = {
        "message_id": 3,
        "date": 1_788_000_000,
        "chat": GROUP,
        "reply_markup": {"inline_keyboard": [[{"text": "Read", "callback_data": token}]]},
    }
    assert (await command(chat=GROUP, text="/headlines", sender=ANA, reply_to_message=card)).about == OPINE
    forged = {**card, "reply_markup": {"inline_keyboard": [[{"text": "Read", "callback_data": "1-read-7-0-forged"}]]}}
    assert (await command(chat=GROUP, text="/headlines", sender=ANA, reply_to_message=forged)).about is None
    plain = {key: value for key, value in card.items() if key != "reply_markup"}
    assert (await command(chat=GROUP, text="/headlines", sender=ANA, reply_to_message=plain)).about is None
