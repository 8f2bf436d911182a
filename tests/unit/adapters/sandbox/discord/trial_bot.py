"""A small bot on the real discord.py, for the tests of the server that it talks to."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import discord
import yarl
from discord import app_commands, ui
from typing_extensions import override

from adapters.sandbox.contract import DISCORD_TOKEN
from tests.unit.adapters.sandbox.discord.stage import Stage

Press = Callable[[discord.Interaction, str], Awaitable[None]]


class VerbButton(ui.DynamicItem[ui.Button[Any]], template=r"1:(?P<verb>\w+)"):
    """A button that survives restarts: its verb stands in the custom id."""

    def __init__(self, verb: str) -> None:
        super().__init__(ui.Button(label=verb.title(), custom_id=f"1:{verb}"))
        self.verb = verb

    @classmethod
    @override
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["verb"])

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> Any:
        await interaction.client.pressed(interaction, self.verb)


class Card(ui.LayoutView):
    """A headline as a Components V2 message."""

    def __init__(self, headline: str, *verbs: str) -> None:
        super().__init__(timeout=None)
        container: ui.Container[Any] = ui.Container(accent_colour=0x336699)
        text = ui.TextDisplay[Any](f"### [{headline}](https://paper.example/a)\n-# Harbour Post")
        container.add_item(ui.Section(text, accessory=ui.Thumbnail("https://paper.example/a.png")))
        container.add_item(ui.ActionRow(*(VerbButton(verb) for verb in verbs or ("read",))))
        self.add_item(container)


def opinion_modal() -> ui.Modal:
    """A modal with a field of each of four kinds."""
    modal = ui.Modal(title="Your opinion", custom_id="1:opinion")
    words = ui.TextInput[Any](custom_id="words", style=discord.TextStyle.long, max_length=20)
    stances = [discord.RadioGroupOption(label=word.title(), value=word) for word in ("for", "against")]
    topics = [discord.CheckboxGroupOption(label=word.title(), value=word) for word in ("fares", "storms")]
    modal.add_item(ui.Label(text="Words", component=words))
    modal.add_item(ui.Label(text="Stance", component=ui.RadioGroup[Any](custom_id="stance", options=stances)))
    topics_group = ui.CheckboxGroup[Any](custom_id="topics", options=topics, required=False, max_values=2)
    modal.add_item(ui.Label(text="About", component=topics_group))
    modal.add_item(ui.Label(text="Anonymous", component=ui.Checkbox[Any](custom_id="anonymous")))
    return modal


class TrialBot(discord.Client):
    """Answers as the test that owns it says."""

    def __init__(self, press: Press | None = None) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            chunk_guilds_at_startup=False,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.01,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.press = press
        self.submitted: list[dict[str, Any]] = []
        self.errors: list[discord.HTTPException] = []
        self.tree.add_command(_story())
        self.tree.add_command(_hello())
        self.ready = asyncio.Event()
        self.resumed = asyncio.Event()
        self.failed = asyncio.Event()

    @override
    async def setup_hook(self) -> None:
        self.add_dynamic_items(VerbButton)
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def pressed(self, interaction: discord.Interaction, verb: str) -> None:
        try:
            if self.press is not None:
                await self.press(interaction, verb)
        except discord.HTTPException as error:
            self.errors.append(error)
            self.failed.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit and interaction.data is not None:
            self.submitted.append(dict(interaction.data))
            await interaction.response.send_message("Thank you.", ephemeral=True)

    async def refusal(self) -> tuple[int, int]:
        """Status and code of the first answer to a press that was refused, waited for if need be."""
        async with asyncio.timeout(5):
            await self.failed.wait()
        return self.errors[0].status, self.errors[0].code

    def channel(self, channel_id: str) -> Any:
        return self.get_partial_messageable(int(channel_id))


def _story() -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="story", description="Read a story")
    async def story(interaction: discord.Interaction, words: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(view=Card(f"Story about {words}"))

    @story.autocomplete("words")
    async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Ferries ({current})", value="ferries")]

    return story


def _hello() -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="hello", description="Greet everybody")
    async def hello(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Hello, all")

    return hello


@asynccontextmanager
async def connected(stage: Stage, bot: TrialBot) -> AsyncIterator[TrialBot]:
    """The bot, logged in and ready, until the block ends."""
    discord.http.Route.BASE = stage.api
    address = stage.address.replace("http", "ws") + "/gateway"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
    running = asyncio.create_task(bot.start(DISCORD_TOKEN))
    is_ready = asyncio.create_task(bot.ready.wait())
    try:
        await asyncio.wait({running, is_ready}, return_when=asyncio.FIRST_COMPLETED, timeout=5)
        if running.done():
            running.result()
        assert bot.ready.is_set()
        yield bot
    finally:
        is_ready.cancel()
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)
