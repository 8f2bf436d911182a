"""From an interaction to its answer on the screen, within Discord's three seconds ("Receiving and Responding")."""

import asyncio
import logging
from typing import Final

import aiohttp
import discord
from discord import InteractionResponseType, InteractionType
from discord.app_commands import Choice

from adapters.discord.controls import modal
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from adapters.discord.inbound import Interaction, is_alone, request
from adapters.discord.limits import MAX_CHOICE, MAX_CHOICES, MAX_TOAST
from adapters.discord.render import card, escape
from bot.messages.action import Action, ActionCodec
from bot.messages.exchange import (
    Answer,
    Ask,
    Audience,
    Press,
    Replace,
    Request,
    Show,
    Suggest,
    Suggestions,
    Toast,
)
from bot.messages.fitting import shorten
from bot.messages.form import Form
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from bot.ports.clock import Clock
from bot.ports.platform import Desk

_log = logging.getLogger(__name__)

PATIENCE_S: Final = 0.8
"""How long an answer may take before Discord is told that it will come; an interaction unanswered for 3 s is void."""


class Responder:
    """Answers interactions. Never raises but for cancellation: who asked too late or twice is a line in the log."""

    def __init__(self, desk: Desk, *, codec: ActionCodec, clock: Clock) -> None:
        self._desk = desk
        self._codec = codec
        self._clock = clock

    async def respond(self, interaction: Interaction) -> None:
        """Ask the desk and show what it says."""
        asked = request(interaction, self._codec)
        if asked is None:
            _log.warning("discord interaction without a request", extra={"type": interaction.type.name})
            return
        try:
            await self._respond(interaction, asked)
        except discord.HTTPException as error:
            was_foreseen = error.code in {UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED}
            level = logging.INFO if was_foreseen else logging.WARNING
            _log.log(level, "discord answer refused", extra={"status": error.status, "code": error.code})
        except (aiohttp.ClientError, OSError) as error:
            _log.warning("discord answer lost", extra={"error": type(error).__name__})

    async def _respond(self, interaction: Interaction, asked: Request) -> None:
        match asked:
            case Suggest():
                await self._suggest(interaction, await self._desk.answer(asked))
            case Press(action=Action() as action) if form := self._desk.form_for(action):
                await interaction.response.send_modal(modal(form, self._codec))
            case _:
                await self._show(interaction, await self._answer(interaction, asked))

    async def _suggest(self, interaction: Interaction, answer: Answer) -> None:
        items = answer.items[:MAX_CHOICES] if isinstance(answer, Suggestions) else ()
        choices = [
            Choice(name=shorten(item.label, MAX_CHOICE), value=item.value)
            for item in items
            if item.label.strip() and 0 < len(item.value) <= MAX_CHOICE
        ]
        await interaction.response.autocomplete(choices)

    async def _answer(self, interaction: Interaction, asked: Request) -> Answer:
        """The desk's answer; if it takes long, the person is told meanwhile that it comes."""
        answering = asyncio.ensure_future(self._desk.answer(asked))
        patience = asyncio.ensure_future(self._clock.sleep(PATIENCE_S))
        try:
            await asyncio.wait((answering, patience), return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                await self._defer(interaction, answering)
            return await answering
        finally:
            patience.cancel()
            answering.cancel()

    async def _defer(self, interaction: Interaction, answering: asyncio.Future[Answer]) -> None:
        """Under a message, any answer may follow; a command is promised a whisper, since most answers are one."""
        try:
            if interaction.message:
                await interaction.response.defer()
            else:
                await interaction.response.defer(ephemeral=not is_alone(interaction), thinking=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            await answering  # what was asked for is done, although nobody can be told any more
            raise

    async def _show(self, interaction: Interaction, answer: Answer) -> None:
        match answer:
            case Show(post=post, audience=audience):
                is_whisper = audience is not Audience.CHANNEL and not is_alone(interaction)
                await self._tell(interaction, card(post, self._codec), is_whisper=is_whisper)
            case Replace(post=post):
                # A toast would stay as a message of its own here; the changed message says enough.
                await self._replace(interaction, post)
            case Ask(form=form) if (
                not interaction.response.is_done() and interaction.type is not InteractionType.modal_submit
            ):
                await interaction.response.send_modal(modal(form, self._codec))
            case Ask(form=form):
                await self._tell(
                    interaction, card(_invitation(form), self._codec), is_whisper=not is_alone(interaction)
                )
            case Toast(text=words):
                await self._toast(interaction, words)
            case Suggestions():
                _log.error("discord suggestions without a question", extra={"type": interaction.type.name})

    async def _tell(self, interaction: Interaction, view: discord.ui.LayoutView, *, is_whisper: bool) -> None:
        match interaction.response.type:
            case None:
                await interaction.response.send_message(view=view, ephemeral=is_whisper)
            case InteractionResponseType.deferred_channel_message if is_whisper or is_alone(interaction):
                await interaction.edit_original_response(view=view)
            case InteractionResponseType.deferred_channel_message:
                # What was promised as a whisper stays one, so a message for all has to be another.
                await interaction.delete_original_response()
                await interaction.followup.send(view=view)
            case _:
                await interaction.followup.send(view=view, ephemeral=is_whisper)

    async def _replace(self, interaction: Interaction, post: Post) -> None:
        view = card(post, self._codec)
        if interaction.message is None:
            await self._tell(interaction, view, is_whisper=not is_alone(interaction))
        elif interaction.response.is_done():
            await interaction.edit_original_response(view=view)
        else:
            await interaction.response.edit_message(view=view)

    async def _toast(self, interaction: Interaction, words: str) -> None:
        match interaction.response.type:
            case None:
                await interaction.response.send_message(_toast(words), ephemeral=True)
            case InteractionResponseType.deferred_channel_message:
                await interaction.edit_original_response(content=_toast(words))
            case _:
                await interaction.followup.send(_toast(words), ephemeral=True)


def _toast(words: str) -> str:
    return shorten(escape(words), MAX_TOAST) or "…"


def _invitation(form: Form) -> Post:
    """A button that opens the form, for when Discord takes no form as an answer any more."""
    button = Control(label=form.title, action=form.action, is_primary=True)
    return Post(tone=Tone.NOTICE, blocks=(Block(text=text(form.prompt)),), controls=((button,),))
