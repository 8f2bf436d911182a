"""The sandbox's Discord as the real discord.py sees it."""

import asyncio
from pathlib import Path

import discord
import pytest

from adapters.sandbox.contract import SandboxError, UnknownChatError, UnknownThingError
from adapters.sandbox.discord.cast import ANNOUNCEMENTS_ID, DM_IDS, FORUM_ID, TEXT_CHANNEL_ID, USER_IDS
from adapters.sandbox.discord.exchange import Patience
from tests.unit.adapters.sandbox.discord.stage import discord_stage
from tests.unit.adapters.sandbox.discord.trial_bot import Card, TrialBot, connected, opinion_modal

LEISURELY = Patience(moment_s=0.5)


async def test_a_bot_logs_in_and_finds_its_server_and_what_it_may_do_there() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        assert stage.server.is_connected
        [guild] = bot.guilds
        assert [channel.name for channel in guild.channels] == ["world-news", "stories", "announcements"]
        channel = guild.get_channel(int(TEXT_CHANNEL_ID))
        assert channel is not None
        assert channel.permissions_for(guild.me).send_messages
        offered = (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).suggestions
        assert [one.text for one in offered] == ["/story ", "/hello "]


async def test_a_wrong_token_is_refused_at_login() -> None:
    async with discord_stage() as stage:
        discord.http.Route.BASE = stage.api
        async with TrialBot() as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")


async def test_a_card_is_shown_as_people_see_it() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries return", "read", "opinion"))
        [shown] = (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).messages
        assert shown.author == "newsbot"
        assert shown.title == "Ferries return"
        assert shown.text == "Ferries return\nHarbour Post"
        assert shown.image == "https://paper.example/a.png"
        assert [(button.id, button.label) for button in shown.buttons] == [("1:read", "Read"), ("1:opinion", "Opinion")]
        assert shown.html.startswith('<div class="dc-container" style="--accent:#336699">')


async def test_the_same_nonce_makes_one_message_until_its_window_is_over() -> None:
    async with discord_stage(nonce_window_s=120) as stage, connected(stage, TrialBot()) as bot:
        channel = bot.channel(TEXT_CHANNEL_ID)
        first = await channel.send("Once", nonce="row-1")
        stage.clock.now += 119
        again = await channel.send("Once", nonce="row-1")
        elsewhere = await bot.channel(ANNOUNCEMENTS_ID).send("Once", nonce="row-1")
        assert first.id == again.id == elsewhere.id
        stage.clock.now += 2
        assert (await channel.send("Once", nonce="row-1")).id != first.id
        assert len(stage.facts("shown")) == 2
        assert [message.nonce async for message in channel.history()] == [None, None]


async def test_the_nonce_of_a_deleted_message_answers_unknown_message() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        channel = bot.channel(TEXT_CHANNEL_ID)
        await (await channel.send("Once", nonce="row-1")).delete()
        with pytest.raises(discord.NotFound) as caught:
            await channel.send("Once", nonce="row-1")
        assert caught.value.code == 10008


async def test_an_edit_changes_what_people_see_and_keeps_the_message() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries wait"))
        await message.edit(view=Card("Ferries return"))
        [shown] = (await stage.server.look(TEXT_CHANNEL_ID, "reader-2", None)).messages
        assert (shown.title, shown.edited, shown.id) == ("Ferries return", True, str(message.id))


async def test_a_command_deferred_and_filled_in_is_seen_by_its_person_alone() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        seen = await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/story ferries of old")
        [answer] = seen.messages
        assert (answer.title, answer.ephemeral, answer.edited) == ("Story about ferries of old", True, False)
        assert seen.first_answer_ms is not None
        own = (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).messages
        assert own[0].text == "/story ferries of old"
        assert own[0].mine
        assert (await stage.server.look(TEXT_CHANNEL_ID, "reader-2", None)).messages == ()
        assert len([entry for entry in stage.facts("shown") if entry["author"] == "newsbot"]) == 1


async def test_a_public_answer_shows_everybody_who_used_which_command() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/hello")
        others = (await stage.server.look(TEXT_CHANNEL_ID, "reader-2", None)).messages
        assert [(shown.author, shown.text) for shown in others] == [("reader 1", "/hello"), ("newsbot", "Hello, all")]
        assert not others[0].ephemeral


async def test_a_command_that_is_not_registered_is_a_kind_error() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        with pytest.raises(SandboxError, match=r"There is no command /weather here\. Type / to see what there is\."):
            await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/weather")


@pytest.mark.parametrize("text", ["Hello", "/hello"])
async def test_nobody_can_write_or_give_commands_in_a_forum_itself(text: str) -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        with pytest.raises(SandboxError, match="write in one of its posts"):
            await stage.server.say(FORUM_ID, "moderator-1", text)


async def test_a_required_option_that_is_missing_is_named() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        with pytest.raises(SandboxError, match="/story needs words"):
            await stage.server.say(DM_IDS["reader-1"], "reader-1", "/story")


async def test_commands_work_in_a_private_chat() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        seen = await stage.server.say(DM_IDS["reader-1"], "reader-1", "/story words:ferries")
        assert [shown.title for shown in seen.messages] == ["Story about ferries"]


async def test_the_bot_suggests_values_while_an_option_is_typed() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()):
        view = await stage.server.look(TEXT_CHANNEL_ID, "reader-1", "/story fer")
        assert [(one.text, one.label) for one in view.suggestions] == [("/story ferries", "Ferries (fer)")]
        names = await stage.server.look(TEXT_CHANNEL_ID, "reader-1", "/s")
        assert [one.text for one in names.suggestions] == ["/story "]


async def test_a_button_answers_its_person_in_a_fresh_process() -> None:
    async def press(interaction: discord.Interaction, verb: str) -> None:
        await interaction.response.send_message(f"You pressed **{verb}**.", ephemeral=True)

    async with discord_stage() as stage:
        async with connected(stage, TrialBot()) as old:
            message = await old.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
        async with connected(stage, TrialBot(press)):
            seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-2", str(message.id), "1:read")
            assert [(shown.text, shown.ephemeral) for shown in seen.messages] == [("You pressed read.", True)]


async def test_a_press_can_change_the_message_it_came_from() -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.edit_message(view=Card("Two opinions now"))

    async with discord_stage() as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("No opinion yet"))
        seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
        assert [(shown.id, shown.title) for shown in seen.messages] == [(str(message.id), "Two opinions now")]


async def test_a_deferred_update_is_waited_for_and_follow_ups_come_along() -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(view=Card("Changed"))
        await interaction.followup.send("And a word to you", ephemeral=True)

    async with discord_stage(patience=LEISURELY) as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Before"))
        seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
        assert [shown.text.splitlines()[0] for shown in seen.messages] == ["Changed", "And a word to you"]


async def test_a_modal_is_opened_filled_in_and_read_from_its_raw_data() -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.send_modal(opinion_modal())

    async with discord_stage() as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries", "opinion"))
        seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:opinion")
        assert seen.form is not None
        assert [(one.name, one.kind, one.required) for one in seen.form.fields] == [
            ("words", "text", True),
            ("stance", "choice", True),
            ("topics", "choices", False),
            ("anonymous", "flag", False),
        ]
        assert (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).form == seen.form
        with pytest.raises(SandboxError, match="“Words” must be filled in"):
            await stage.server.fill(TEXT_CHANNEL_ID, "reader-1", seen.form.id, {"stance": "for"})
        with pytest.raises(SandboxError, match="between 0 and 20 characters, not 21"):
            await stage.server.fill(TEXT_CHANNEL_ID, "reader-1", seen.form.id, {"words": "w" * 21, "stance": "for"})
        values = {"words": "At last", "stance": "for", "topics": ["fares"], "anonymous": True}
        thanks = await stage.server.fill(TEXT_CHANNEL_ID, "reader-1", seen.form.id, values)
        assert [shown.text for shown in thanks.messages] == ["Thank you."]
        [data] = bot.submitted
        assert data["custom_id"] == "1:opinion"
        inner = [one["component"] for one in data["components"]]
        assert [one.get("value", one.get("values")) for one in inner] == ["At last", "for", ["fares"], True]
        assert (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).form is None


async def test_an_answer_after_three_seconds_is_refused_as_unknown_interaction() -> None:
    async with discord_stage(patience=Patience(first_answer_s=0.5)) as stage:

        async def press(interaction: discord.Interaction, _: str) -> None:
            stage.clock.now += 3.1
            await interaction.response.send_message("Too late")

        async with connected(stage, TrialBot(press)) as bot:
            message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
            seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
            assert (seen.toast, seen.first_answer_ms) == ("This interaction failed.", None)
            assert await bot.refusal() == (404, 10062)


async def test_a_follow_up_after_fifteen_minutes_is_refused() -> None:
    async with discord_stage() as stage:

        async def press(interaction: discord.Interaction, _: str) -> None:
            await interaction.response.send_message("In time", ephemeral=True)
            stage.clock.now += 901
            await interaction.followup.send("Too late")

        async with connected(stage, TrialBot(press)) as bot:
            message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
            await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
            assert await bot.refusal() == (401, 50027)


async def test_an_event_that_comes_twice_can_be_answered_once() -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.send_message("Once", ephemeral=True)

    async with discord_stage() as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
        stage.faults.order("repeat_events")
        seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
        assert len(seen.messages) == 1
        assert await bot.refusal() == (400, 40060)


@pytest.mark.parametrize("kind", ["reconnect", "close"])
async def test_a_bot_that_lost_its_connection_resumes_and_hears_what_it_missed(kind: str) -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.send_message("Still here", ephemeral=True)

    async with discord_stage() as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
        stage.faults.order(kind, times=1, code=1011)
        async with asyncio.timeout(10):
            await bot.resumed.wait()
        seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
        assert [shown.text for shown in seen.messages] == ["Still here"]


async def test_a_direct_message_reaches_the_private_chat() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        user = await bot.fetch_user(int(USER_IDS["reader-2"]))
        await user.send("Good morning")
        view = await stage.server.look(DM_IDS["reader-2"], "reader-2", None)
        assert [shown.text for shown in view.messages] == ["Good morning"]


async def test_a_forum_post_is_a_thread_with_a_first_message() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        forum = bot.get_channel(int(FORUM_ID))
        assert isinstance(forum, discord.ForumChannel)
        post = await forum.create_thread(
            name="Ferries return", view=Card("Ferries return"), applied_tags=[forum.available_tags[0]]
        )
        await post.thread.send("A later word")
        view = await stage.server.look(FORUM_ID, "reader-1", None)
        assert [shown.title for shown in view.messages] == ["Ferries return"]
        inside = await stage.server.look(str(post.thread.id), "reader-1", None)
        assert [shown.text for shown in inside.messages][1:] == ["A later word"]
        assert stage.server.chats()[-1].title == "#Ferries return"


async def test_a_thread_on_a_message_is_opened_once() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        channel = bot.get_channel(int(TEXT_CHANNEL_ID))
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("Ferries")
        thread = await message.create_thread(name="About ferries")
        await thread.send("First")
        with pytest.raises(discord.HTTPException) as caught:
            await message.create_thread(name="Again")
        assert caught.value.code == 160004


async def test_an_announcement_is_published_once() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        message = await bot.channel(ANNOUNCEMENTS_ID).send("Storm warning")
        await message.publish()
        with pytest.raises(discord.HTTPException) as caught:
            await message.publish()
        assert caught.value.code == 40033


async def test_an_image_sent_along_is_shown_and_served(tmp_path: Path) -> None:
    picture = tmp_path / "ferry.png"
    picture.write_bytes(b"\x89PNG not really")
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        await bot.channel(TEXT_CHANNEL_ID).send(file=discord.File(picture))
        [shown] = (await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)).messages
        assert shown.image is not None
        async with stage.session.get(shown.image) as answer:
            assert (answer.status, await answer.read()) == (200, b"\x89PNG not really")


async def test_chats_survive_a_restart_of_the_sandbox(tmp_path: Path) -> None:
    async with discord_stage(path=tmp_path / "s.db") as stage, connected(stage, TrialBot()) as bot:
        first = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"), nonce="row-1")
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/story boats")
        before = await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)
    async with discord_stage(path=tmp_path / "s.db") as stage:
        assert await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None) == before
        assert len(before.messages) == 3
        async with connected(stage, TrialBot()) as bot:
            again = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"), nonce="row-1")
            assert again.id == first.id
            later = await bot.channel(TEXT_CHANNEL_ID).send("Later")
            assert later.id > first.id


async def test_without_a_bot_people_are_told_at_once() -> None:
    async with discord_stage() as stage:
        async with connected(stage, TrialBot()):
            pass
        stage.clock.now += 4
        seen = await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/story boats")
        assert (seen.toast, seen.first_answer_ms) == ("newsbot is not online.", None)


async def test_the_answer_comes_last_among_what_a_person_sees() -> None:
    async with discord_stage(patience=LEISURELY) as stage:

        async def press(interaction: discord.Interaction, _: str) -> None:
            await interaction.response.send_message("For you", ephemeral=True)
            await bot.channel(TEXT_CHANNEL_ID).send("A headline in between")

        async with connected(stage, TrialBot(press)) as bot:
            message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
            seen = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read")
            assert [shown.text for shown in seen.messages] == ["A headline in between", "For you"]


async def test_a_hundred_presses_at_once_are_all_answered_under_the_rate_limits() -> None:
    async def press(interaction: discord.Interaction, _: str) -> None:
        await interaction.response.send_message("For you", ephemeral=True)

    async with discord_stage(rates=True) as stage, connected(stage, TrialBot(press)) as bot:
        message = await bot.channel(TEXT_CHANNEL_ID).send(view=Card("Ferries"))
        presses = (stage.server.press(TEXT_CHANNEL_ID, "reader-1", str(message.id), "1:read") for _ in range(100))
        answers = await asyncio.gather(*presses)
        assert all(seen.first_answer_ms is not None for seen in answers)
        view = await stage.server.look(TEXT_CHANNEL_ID, "reader-1", None)
        assert len([shown for shown in view.messages if shown.ephemeral]) == 20


async def test_a_link_is_opened_and_a_button_that_is_off_or_gone_is_not_pressed() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        view = discord.ui.View()
        view.add_item(discord.ui.Button(label="Open", url="https://paper.example/a"))
        view.add_item(discord.ui.Button(label="Off", custom_id="1:off", disabled=True))
        message = str((await bot.channel(TEXT_CHANNEL_ID).send("Ferries", view=view)).id)
        opened = await stage.server.press(TEXT_CHANNEL_ID, "reader-1", message, "https://paper.example/a")
        assert opened.url == "https://paper.example/a"
        with pytest.raises(SandboxError, match="switched off"):
            await stage.server.press(TEXT_CHANNEL_ID, "reader-1", message, "1:off")
        with pytest.raises(UnknownThingError, match="no button 1:gone"):
            await stage.server.press(TEXT_CHANNEL_ID, "reader-1", message, "1:gone")
        with pytest.raises(UnknownThingError, match="no message 5"):
            await stage.server.press(TEXT_CHANNEL_ID, "reader-1", "5", "1:off")


async def test_nobody_enters_a_chat_that_is_not_theirs() -> None:
    async with discord_stage() as stage:
        with pytest.raises(UnknownChatError, match="reader-2 is not in this chat"):
            await stage.server.look(DM_IDS["reader-1"], "reader-2", None)
        with pytest.raises(UnknownChatError, match="no chat 5"):
            await stage.server.say("5", "reader-1", "Hello")
        with pytest.raises(SandboxError, match="Only the bot and moderators"):
            await stage.server.say(ANNOUNCEMENTS_ID, "reader-1", "Hello")
        seen = await stage.server.say(ANNOUNCEMENTS_ID, "moderator-1", "Hello")
        assert [(shown.text, shown.mine) for shown in seen.messages] == [("Hello", True)]


async def test_the_chats_at_the_start_stand_in_their_order() -> None:
    async with discord_stage() as stage:
        assert [(chat.title, chat.kind, len(chat.people)) for chat in stage.server.chats()] == [
            ("#world-news", "text", 3),
            ("Direct message with reader 1", "private", 1),
            ("Direct message with reader 2", "private", 1),
            ("Direct message with moderator 1", "private", 1),
            ("#stories", "forum", 3),
            ("#announcements", "announcement", 3),
        ]
