"""People at the page and a real python-telegram-bot application meet in the same chats."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from adapters.sandbox.contract import TELEGRAM_TOKEN, SandboxError, UnknownChatError, UnknownThingError
from tests.unit.adapters.sandbox.telegram.house import CHANNEL, GROUP, MODERATOR, READER_1, READER_2, House, opened

DEEP = "https://t.me/newsbot_sandbox_bot?start=story-7"
App = Application[Any, Any, Any, Any, Any, Any]


def message_of(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message


def query_of(update: Update) -> CallbackQuery:
    assert update.callback_query is not None
    return update.callback_query


async def start(update: Update, context: Any) -> None:
    keyboard = [
        [InlineKeyboardButton("Read", callback_data="read"), InlineKeyboardButton("Toast", callback_data="toast")],
        [InlineKeyboardButton("Private", url=DEEP), InlineKeyboardButton("Away", url="https://news.example/a")],
        [InlineKeyboardButton("Opinion", callback_data="ask"), InlineKeyboardButton("Jump", callback_data="jump")],
        [
            InlineKeyboardButton("Whisper", callback_data="whisper"),
            InlineKeyboardButton("In place", callback_data="in"),
        ],
    ]
    text = f"<b>Started</b>\nwith {context.args}"
    await message_of(update).reply_html(text, reply_markup=InlineKeyboardMarkup(keyboard))


async def press(update: Update, context: Any) -> None:
    query = query_of(update)
    match query.data:
        case "read":
            await query.answer()
            await query.edit_message_text("<i>the whole story</i>", parse_mode="HTML")
        case "toast":
            await query.answer("Noted")
        case "jump":
            await query.answer(url=DEEP)
        case "ask":
            prompt = ForceReply(selective=True, input_field_placeholder="Your words")
            mention = f'<a href="tg://user?id={query.from_user.id}">you</a>: what do you think?\nReply here.'
            await message_of(update).chat.send_message(mention, parse_mode="HTML", reply_markup=prompt)
            await query.answer()
        case "whisper" | "in":
            await whisper(context, query, in_place=query.data == "in")
        case "hide":
            await context.bot.do_api_request(
                "deleteEphemeralMessage",
                api_kwargs={
                    "chat_id": message_of(update).chat.id,
                    "receiver_user_id": query.from_user.id,
                    "ephemeral_message_id": message_of(update).api_kwargs["ephemeral_message_id"],
                },
            )
            await query.answer("Hidden")
        case _:
            await query.answer("Unknown button")


async def whisper(context: Any, query: CallbackQuery, *, in_place: bool) -> None:
    assert isinstance(query.message, Message)
    whom: dict[str, object] = {"receiver_user_id": query.from_user.id, "callback_query_id": query.id}
    if in_place:
        whom["replace_callback_query_message"] = True
    hide = InlineKeyboardMarkup([[InlineKeyboardButton("Hide", callback_data="hide")]])
    sent = await context.bot.send_message(
        query.message.chat.id, "for you alone", reply_markup=hide, api_kwargs={"ephemeral_message_parameters": whom}
    )
    assert sent.message_id == 0
    await query.answer()


async def echo(update: Update, _context: Any) -> None:
    message = message_of(update)
    original = message.reply_to_message
    await message.reply_text(f"you said {message.text!r} to {original.text if original else None!r}")


async def offer(update: Update, _context: Any) -> None:
    assert update.inline_query is not None
    content = InputTextMessageContent(f"about {update.inline_query.query}")
    await update.inline_query.answer([InlineQueryResultArticle("1", "An article", content)])


@asynccontextmanager
async def running(house: House) -> AsyncIterator[App]:
    """A real application that polls the house."""
    app: App = ApplicationBuilder().token(TELEGRAM_TOKEN).base_url(house.base_url).build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(press))
    app.add_handler(InlineQueryHandler(offer))
    app.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND & ~filters.ChatType.CHANNEL, echo))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0, timeout=5)
        yield app
        await house.polled()
        house.forget_polls()
        await app.updater.stop()
        await app.stop()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(rates=False) as house:
        yield house


@pytest.fixture
async def app(house: House) -> AsyncIterator[App]:
    async with running(house) as app:
        yield app


def texts(messages: Sequence[Any]) -> list[str]:
    return [message.text for message in messages]


async def started(house: House, chat: str, person: str) -> str:
    """The id of the message with the buttons."""
    seen = await house.server.say(chat, person, "/start")
    assert seen.first_answer_ms is not None
    (message,) = seen.messages
    return message.id


@pytest.mark.usefixtures("app")
async def test_a_command_is_answered_with_a_card(house: House) -> None:
    seen = await house.server.say(READER_1, "reader-1", "/start story-7")
    (card,) = seen.messages
    assert (card.author, card.title, card.text) == ("newsbot", "Started", "Started\nwith ['story-7']")
    assert card.html == "<b>Started</b><br>with [&#x27;story-7&#x27;]"
    assert [(button.id, button.row) for button in card.buttons][:4] == [
        ("read", 0),
        ("toast", 0),
        ("1:0", 1),
        ("1:1", 1),
    ]
    own, _ = await house.shown(READER_1)
    assert (own.author, own.mine) == ("reader 1", True)


@pytest.mark.usefixtures("app")
async def test_a_press_shows_the_edit_and_the_toast(house: House) -> None:
    card = await started(house, READER_1, "reader-1")
    seen = await house.server.press(READER_1, "reader-1", card, "read")
    assert [(message.id, message.html, message.edited) for message in seen.messages] == [
        (card, "<i>the whole story</i>", True)
    ]
    with pytest.raises(UnknownThingError):
        await house.server.press(READER_1, "reader-1", card, "toast")
    card = await started(house, READER_1, "reader-1")
    seen = await house.server.press(READER_1, "reader-1", card, "toast")
    assert (seen.toast, seen.messages) == ("Noted", ())
    assert seen.first_answer_ms is not None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("button", ["1:0", "jump"])
async def test_a_deep_link_opens_the_private_chat_and_starts_the_bot_there(house: House, button: str) -> None:
    card = await started(house, GROUP, "reader-2")
    seen = await house.server.press(GROUP, "reader-2", card, button)
    assert (seen.chat, seen.url) == (READER_2, DEEP)
    assert texts(seen.messages) == ["Started\nwith ['story-7']"]
    assert texts(await house.shown(READER_2, "reader-2")) == ["/start story-7", "Started\nwith ['story-7']"]


@pytest.mark.usefixtures("app")
async def test_another_link_is_given_back_to_the_person(house: House) -> None:
    card = await started(house, GROUP, "reader-2")
    assert (await house.server.press(GROUP, "reader-2", card, "1:1")).url == "https://news.example/a"


@pytest.mark.usefixtures("app")
async def test_a_prompt_is_the_form_of_whom_it_addresses_and_closes_once_answered(house: House) -> None:
    card = await started(house, GROUP, "reader-1")
    asked = await house.server.press(GROUP, "reader-1", card, "ask")
    assert asked.form is not None
    assert asked.form.title == "you: what do you think?"
    assert [(field.name, field.label) for field in asked.form.fields] == [("words", "Your words")]
    assert (await house.server.look(GROUP, "reader-2", None)).form is None
    seen = await house.server.fill(GROUP, "reader-1", asked.form.id, {"words": "I like it"})
    assert texts(seen.messages) == ["you said 'I like it' to 'you: what do you think?\\nReply here.'"]
    assert (seen.form, (await house.server.look(GROUP, "reader-1", None)).form) == (None, None)
    with pytest.raises(UnknownThingError):
        await house.server.fill(GROUP, "reader-1", asked.form.id, {"words": "again"})


@pytest.mark.usefixtures("app")
async def test_words_answer_the_open_prompt_and_a_command_does_not(house: House) -> None:
    card = await started(house, GROUP, "reader-1")
    await house.server.press(GROUP, "reader-1", card, "ask")
    await house.server.say(GROUP, "reader-1", "/start")
    assert (await house.server.look(GROUP, "reader-1", None)).form is not None
    seen = await house.server.say(GROUP, "reader-1", "just words")
    assert texts(seen.messages)[0].startswith("you said 'just words' to 'you: what")


async def test_a_prompt_closes_with_its_message_and_a_newer_one_takes_its_place(house: House, app: App) -> None:
    first = await app.bot.send_message(READER_1, "First?", reply_markup=ForceReply())
    second = await app.bot.send_message(READER_1, "Second?", reply_markup=ForceReply())
    view = await house.server.look(READER_1, "reader-1", None)
    assert view.form is not None
    assert (view.form.title, view.form.fields[0].label) == ("Second?", "Your reply")
    await first.delete()
    assert (await house.server.look(READER_1, "reader-1", None)).form is not None
    await second.delete()
    assert (await house.server.look(READER_1, "reader-1", None)).form is None


@pytest.mark.usefixtures("app")
async def test_a_whisper_is_seen_by_its_receiver_alone_until_hidden(house: House) -> None:
    card = await started(house, GROUP, "reader-1")
    seen = await house.server.press(GROUP, "reader-1", card, "whisper")
    (whispered,) = seen.messages
    assert (whispered.text, whispered.ephemeral) == ("for you alone", True)
    assert "for you alone" not in texts(await house.shown(GROUP, "reader-2"))
    with pytest.raises(UnknownThingError):
        await house.server.press(GROUP, "reader-2", whispered.id, "hide")
    hidden = await house.server.press(GROUP, "reader-1", whispered.id, "hide")
    assert hidden.toast == "Hidden"
    assert "for you alone" not in texts(await house.shown(GROUP, "reader-1"))


@pytest.mark.usefixtures("app")
async def test_a_whisper_may_stand_in_place_of_the_public_message(house: House) -> None:
    card = await started(house, GROUP, "reader-1")
    seen = await house.server.press(GROUP, "reader-1", card, "in")
    assert texts(await house.shown(GROUP, "reader-1")) == ["/start", "for you alone"]
    assert texts(await house.shown(GROUP, "reader-2")) == ["/start", "Started\nwith []"]
    await house.server.press(GROUP, "reader-1", seen.messages[0].id, "hide")
    assert texts(await house.shown(GROUP, "reader-1")) == ["/start", "Started\nwith []"]


async def test_whispers_need_a_reason(app: App) -> None:
    async def refused(chat: str, **whom: object) -> str:
        with pytest.raises(BadRequest) as error:
            await app.bot.send_message(chat, "x", api_kwargs={"ephemeral_message_parameters": whom})
        return error.value.message

    reader = int(READER_1)
    assert await refused(GROUP, receiver_user_id=reader) == "Bot_not_admin"
    assert await refused(GROUP, receiver_user_id=5) == "Can't access the user"
    assert await refused(READER_1, receiver_user_id=reader) == "Unallowed message content"
    old = await refused(GROUP, receiver_user_id=reader, callback_query_id="5")
    assert old.startswith("Query is too old")


async def test_an_ephemeral_command_is_seen_by_its_sender_and_may_be_answered_in_secret(house: House) -> None:
    command = {"command": "mine", "description": "For me", "is_ephemeral": True}
    await house.call("setMyCommands", commands=[command], scope={"type": "all_group_chats"})
    house.silence()
    await house.tell(GROUP, "reader-1", "/mine")
    assert texts(await house.shown(GROUP, "reader-2")) == []
    (update,) = await house.updates()
    number = update["message"]["ephemeral_message_id"]
    whom = {"receiver_user_id": int(READER_1)}
    secret = await house.send(
        GROUP,
        "yours",
        ephemeral_message_parameters=whom,
        reply_parameters={"ephemeral_message_id": number},
        reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x"}]], "force_reply": True},
    )
    form = (await house.server.look(GROUP, "reader-1", None)).form
    assert form is not None
    edit = {"chat_id": GROUP, **whom, "receiver_user_id": int(READER_1)}
    edit["ephemeral_message_id"] = secret["ephemeral_message_id"]
    assert (await house.call("editEphemeralMessageText", text="changed", **edit)).result is True
    assert (await house.call("editEphemeralMessageReplyMarkup", **edit)).result is True
    assert texts(await house.shown(GROUP, "reader-1")) == ["/mine", "changed"]
    house.clock.now += 16
    late = await house.call(
        "sendMessage",
        chat_id=GROUP,
        text="x",
        ephemeral_message_parameters=whom,
        reply_parameters={"ephemeral_message_id": number},
    )
    assert late.refusal[1] == "Bad Request: message to be replied not found"
    assert (await house.call("deleteMessage", chat_id=GROUP, message_id=number)).status == 400


async def test_only_the_moderator_posts_in_the_channel_and_the_post_has_no_person(house: House) -> None:
    with pytest.raises(SandboxError, match="moderator 1"):
        await house.server.say(CHANNEL, "reader-1", "hello")
    await house.server.say(CHANNEL, "moderator-1", "hello")
    (update,) = await house.updates()
    assert "from" not in update["channel_post"]
    assert update["channel_post"]["sender_chat"]["id"] == int(CHANNEL)
    (post,) = await house.shown(CHANNEL)
    assert post.author == "City news channel"


async def test_the_most_specific_menu_is_offered(house: House, app: App) -> None:
    def command(name: str) -> list[BotCommand]:
        return [BotCommand(name, f"About {name}")]

    async def offered(chat: str, person: str, typing: str = "/") -> list[str]:
        view = await house.server.look(chat, person, typing)
        return [suggestion.text.strip() for suggestion in view.suggestions]

    await app.bot.set_my_commands([*command("help"), *command("headlines"), *command("story")])
    assert await offered(READER_1, "reader-1", "/h") == ["/help", "/headlines"]
    assert await offered(READER_1, "reader-1", "hello") == []
    assert await offered(READER_1, "reader-1", "/help me") == []
    await app.bot.set_my_commands(command("groups"), scope=BotCommandScopeAllGroupChats())
    await app.bot.set_my_commands(command("english"), scope=BotCommandScopeAllGroupChats(), language_code="en")
    await app.bot.set_my_commands(command("admins"), scope=BotCommandScopeAllChatAdministrators())
    assert await offered(GROUP, "reader-1") == ["/english"]
    assert await offered(GROUP, "moderator-1") == ["/admins"]
    await app.bot.set_my_commands(command("here"), scope=BotCommandScopeChat(int(GROUP)))
    assert await offered(GROUP, "moderator-1") == ["/here"]
    await app.bot.delete_my_commands(scope=BotCommandScopeChat(int(GROUP)))
    assert await app.bot.get_my_commands(scope=BotCommandScopeChat(int(GROUP))) == ()
    assert await offered(GROUP, "moderator-1") == ["/admins"]


@pytest.mark.usefixtures("app")
async def test_inline_results_are_offered_while_typing(house: House) -> None:
    view = await house.server.look(READER_1, "reader-1", "@newsbot_sandbox_bot ferries")
    assert [(suggestion.text, suggestion.label) for suggestion in view.suggestions] == [("about ferries", "An article")]


async def test_the_library_can_read_all_that_the_server_tells(house: House, app: App) -> None:
    bot = app.bot
    assert (await bot.get_chat(GROUP)).title == "City news"
    assert (await bot.get_chat(READER_1)).first_name == "reader 1"
    assert [member.status for member in await bot.get_chat_administrators(CHANNEL)] == ["creator", "administrator"]
    assert (await bot.get_chat_member(GROUP, int(MODERATOR))).status == "administrator"
    assert await bot.get_chat_member_count(GROUP) == 4
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.set_my_description("About", language_code="en")
    assert (await bot.get_my_description("en")).description == "About"
    assert await bot.set_my_short_description("Short")
    assert (await bot.get_my_short_description()).short_description == "Short"
    assert (await bot.get_my_name()).name == "newsbot"
    with pytest.raises(BadRequest, match="Bot name is too long"):
        await bot.set_my_name("x" * 65)
    preview = LinkPreviewOptions(url="https://news.example/a", show_above_text=True)
    sent = await bot.send_message(CHANNEL, "see", link_preview_options=preview)
    assert sent.link_preview_options == preview
    (post,) = await house.shown(CHANNEL)
    assert post.html.startswith('<div class="tg-preview"><a href="https://news.example/a"')
    photo = await bot.send_photo(CHANNEL, b"\x89PNG", caption="c")
    assert photo.photo[0].width == 1280
    assert await bot.set_message_reaction(CHANNEL, sent.message_id, "👍")
    assert await bot.delete_messages(CHANNEL, [sent.message_id, photo.message_id])


async def test_the_library_sees_refusals_as_its_own_errors(
    house: House, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the library warns, and a warning is an error here
    house.faults.order("rate_limit", retry_after=9)
    with pytest.raises(RetryAfter):
        await app.bot.send_message(READER_1, "x")
    house.faults.order("blocked")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await app.bot.send_message(READER_1, "x")
    house.faults.order("migrate")
    with pytest.raises(ChatMigrated) as moved:
        await app.bot.send_message(GROUP, "x")
    await app.bot.send_message(moved.value.new_chat_id, "x")


async def test_people_reach_only_chats_that_they_are_in(house: House) -> None:
    with pytest.raises(UnknownChatError):
        await house.server.look(READER_1, "reader-2", None)
    for chat in ("5", "", "x"):
        with pytest.raises(UnknownChatError):
            await house.server.say(chat, "reader-1", "x")
    with pytest.raises(UnknownChatError):
        await house.server.look(GROUP, "stranger", None)
    with pytest.raises(UnknownThingError):
        await house.server.press(GROUP, "reader-1", "77", "x")
    with pytest.raises(SandboxError, match="nothing to send"):
        await house.server.say(GROUP, "reader-1", " \n")
    with pytest.raises(SandboxError, match="4096"):
        await house.server.say(GROUP, "reader-1", "🏟" * 2049)


async def test_a_text_link_to_the_bot_is_drawn_so_that_the_page_can_follow_it(house: House) -> None:
    await house.send(CHANNEL, f'<a href="{DEEP}">Discuss</a> t.me/newsbot_sandbox_bot?start=b', parse_mode="HTML")
    (post,) = await house.shown(CHANNEL)
    assert post.html == (
        f'<a href="{DEEP}" data-start="story-7">Discuss</a> '
        '<a href="http://t.me/newsbot_sandbox_bot?start=b" data-start="b">t.me/newsbot_sandbox_bot?start=b</a>'
    )


async def test_copying_says_so(house: House) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Copy", "copy_text": {"text": "x"}}, {"text": "Off", "disabled": {}}]]}
    sent = await house.send(READER_1, "x", reply_markup=keyboard)
    number = str(sent["message_id"])
    assert (await house.server.press(READER_1, "reader-1", number, "0:0")).toast == "Copied"
    with pytest.raises(SandboxError, match="switched off"):
        await house.server.press(READER_1, "reader-1", number, "0:1")
