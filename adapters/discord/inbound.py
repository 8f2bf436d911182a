"""Discord's interactions as requests."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import discord
from discord import InteractionType

from adapters.discord.limits import LIMITS
from bot.domain.channel import ChannelKind, ChannelRef
from bot.domain.person import Person, PersonRef
from bot.messages.action import ActionCodec
from bot.messages.exchange import Command, Press, Request, Scene, Submission, Suggest

PLATFORM: Final = "discord"

Interaction = discord.Interaction[discord.Client]


def request(interaction: Interaction, codec: ActionCodec) -> Request | None:
    """What the person asks; None for what cannot be answered (a ping, or nobody and nowhere named).

    Forged, damaged and outdated tokens are requests too, with an unreadable action, and so are names of commands that
    we no longer have: whoever asks gets an answer.
    """
    scene = _scene(interaction)
    if scene is None:
        return None
    data: Mapping[str, Any] = interaction.data or {}
    match interaction.type:
        case InteractionType.application_command:
            return Command(scene=scene, name=str(data.get("name")), arguments=_arguments(data))
        case InteractionType.autocomplete:
            return _suggest(scene, data)
        case InteractionType.component:
            return Press(scene=scene, action=codec.decode(str(data.get("custom_id"))))
        case InteractionType.modal_submit:
            values = dict(_values(data.get("components")))
            return Submission(scene=scene, action=codec.decode(str(data.get("custom_id"))), values=values)
        case _:
            return None


def is_alone(interaction: Interaction) -> bool:
    """Whether nobody but the person and us can read along: our private chat with them."""
    return interaction.guild_id is None and not interaction.context.private_channel


def channel_ref(channel: discord.abc.Snowflake) -> ChannelRef:
    """The place; a thread is named by its channel too."""
    if isinstance(channel, discord.Thread):
        return ChannelRef(platform=PLATFORM, id=str(channel.parent_id), thread=str(channel.id))
    return ChannelRef(platform=PLATFORM, id=str(channel.id))


def manages(permissions: discord.Permissions) -> bool:
    """Whether these rights are enough to change what a channel follows."""
    return permissions.administrator or permissions.manage_guild or permissions.manage_channels


def _scene(interaction: Interaction) -> Scene | None:
    channel, user = interaction.channel, interaction.user
    if channel is None or user is discord.utils.MISSING:
        return None
    name = user.display_name
    return Scene(
        channel=channel_ref(channel),
        kind=_kind(interaction),
        title=getattr(channel, "name", None) or name,
        person=Person(ref=PersonRef(platform=PLATFORM, id=str(user.id)), name=name),
        limits=LIMITS,
        once=str(interaction.id),
        is_manager=is_alone(interaction) or manages(interaction.permissions),
        may_post=is_alone(interaction) or posts(interaction.app_permissions, channel),
    )


def posts(permissions: discord.Permissions, channel: object) -> bool:
    """Whether with these rights posts are let in there."""
    is_thread = isinstance(channel, discord.Thread)
    may_send = permissions.send_messages_in_threads if is_thread else permissions.send_messages
    return permissions.view_channel and may_send


def _kind(interaction: Interaction) -> ChannelKind:
    """Where only the person installed us, not the server, the conversation is the person's own."""
    is_own = interaction.is_user_integration() and not interaction.is_guild_integration()
    if interaction.guild_id is None or is_own:
        return ChannelKind.PRIVATE
    channel = interaction.channel
    is_news = isinstance(channel, discord.TextChannel) and channel.is_news()
    return ChannelKind.BROADCAST if is_news else ChannelKind.GROUP


def _suggest(scene: Scene, data: Mapping[str, Any]) -> Suggest | None:
    focused = next((option for option in _dicts(data.get("options")) if option.get("focused")), None)
    if focused is None:
        return None
    return Suggest(
        scene=scene,
        command=str(data.get("name")),
        option=str(focused.get("name")),
        typed=str(focused.get("value") or ""),
    )


def _arguments(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(option["name"]): str(option["value"])
        for option in _dicts(data.get("options"))
        if option.get("name") and option.get("value") is not None
    }


def _values(components: object) -> Iterator[tuple[str, str]]:
    """The filled-in fields of a modal, whether its inputs stand in labels or in rows."""
    for component in _dicts(components):
        inner = component.get("component")
        yield from _values([inner] if inner else component.get("components"))
        name = component.get("custom_id")
        chosen = component.get("values")
        value = component.get("value") or (chosen[0] if isinstance(chosen, list) and chosen else None)
        if name and value:
            yield str(name), str(value)


def _dicts(things: object) -> Iterable[Mapping[str, Any]]:
    return [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []
