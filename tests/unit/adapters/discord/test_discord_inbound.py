"""Interactions as they come, odd ones too, and the requests that they are."""

from typing import Any

import aiohttp
import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.client import NewsClient
from adapters.discord.door_watch import DoorWatch
from adapters.discord.inbound import Interaction, is_alone, request
from bot.domain.channel import ChannelKind, ChannelRef
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import Command, Press, Submission, Suggest

_CODEC = ActionCodec(b"a key for tests")
_OPINE = Action(verb=Verb.OPINE, subject=7)
_USER = {"id": "11", "username": "reader-1", "global_name": "reader 1", "discriminator": "0", "avatar": None}
_SINCE = "2026-01-01T00:00:00+00:00"
_MANAGE_CHANNELS, _MANAGE_SERVER, _ADMINISTRATOR = 1 << 4, 1 << 5, 1 << 3
_IN_SERVER = {"authorizing_integration_owners": {"0": "100"}, "context": 0}


async def _ignore(_interaction: Interaction) -> None:
    pass


def _client() -> NewsClient:
    client = NewsClient(
        menu=[],
        respond=_ignore,
        on_login=lambda _: None,
        on_open=lambda: None,
        on_word=lambda: None,
        doors=DoorWatch(None),
        trace=aiohttp.TraceConfig(),
    )
    me: Any = {"id": "1", "username": "newsbot", "global_name": None, "discriminator": "0001", "avatar": None}
    client._connection.user = discord.ClientUser(state=client._connection, data=me)
    return client


def _interaction(kind: int, data: dict[str, Any], **more: Any) -> Interaction:
    """As Discord sends it: in the bot's private chat with reader 1, unless ``more`` says otherwise."""
    payload: dict[str, Any] = {
        "id": "5",
        "application_id": "1",
        "type": kind,
        "token": "t",
        "version": 1,
        "attachment_size_limit": 0,
        "channel": {"id": "20", "type": 1},
        "user": _USER,
        "context": 1,
        "authorizing_integration_owners": {"0": "0"},
        "entitlements": [],
        "data": data,
    }
    payload.update(more)
    return discord.Interaction(data=payload, state=_client()._connection)  # type: ignore[arg-type]  # a dict, as on the wire


def _in_server(channel: dict[str, Any], permissions: int = 0, **more: Any) -> Interaction:
    member = {"user": _USER, "roles": [], "joined_at": _SINCE, "permissions": str(permissions),
              "deaf": False, "mute": False, "flags": 0, "nick": "Harbour fan"}  # fmt: skip
    where = {"guild_id": "100", "guild": {"id": "100"}, "channel": channel, "member": member, "user": None}
    return _interaction(2, {"name": "help"}, **{**where, **_IN_SERVER, **more})


def _text_channel(kind: int = 0) -> dict[str, Any]:
    return {"id": "110", "type": kind, "name": "world-news", "position": 0, "permission_overwrites": [], "nsfw": False,
            "parent_id": None}  # fmt: skip


def _command(interaction: Interaction) -> Command:
    asked = request(interaction, _CODEC)
    assert isinstance(asked, Command)
    return asked


def test_a_private_chat_is_named_after_the_person() -> None:
    scene = _command(_interaction(2, {"name": "help"})).scene
    assert (scene.kind, scene.title, scene.is_manager, scene.once) == (ChannelKind.PRIVATE, "reader 1", True, "5")
    assert scene.channel == ChannelRef(platform="discord", id="20")


@pytest.mark.parametrize(
    ("permissions", "is_manager"),
    [(0, False), (_MANAGE_CHANNELS, True), (_MANAGE_SERVER, True), (_ADMINISTRATOR, True), (1 << 11, False)],
)
def test_rights_are_those_of_this_very_request(permissions: int, is_manager: bool) -> None:  # noqa: FBT001
    scene = _command(_in_server(_text_channel(), permissions)).scene
    assert (scene.is_manager, scene.kind, scene.person.name) == (is_manager, ChannelKind.GROUP, "Harbour fan")


def test_an_announcement_channel_has_an_audience() -> None:
    assert _command(_in_server(_text_channel(5))).scene.kind is ChannelKind.BROADCAST


def test_a_thread_belongs_to_its_channel() -> None:
    thread = {
        "id": "111",
        "type": 11,
        "name": "ferries",
        "parent_id": "110",
        "owner_id": "11",
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": _SINCE,
        },
    }
    scene = _command(_in_server(thread)).scene
    assert scene.channel == ChannelRef(platform="discord", id="110", thread="111")


def test_where_only_the_person_installed_us_nobody_manages_by_being_there() -> None:
    elsewhere = _in_server(_text_channel(), authorizing_integration_owners={"1": "11"})
    scene = _command(elsewhere).scene
    assert (scene.kind, scene.is_manager) == (ChannelKind.PRIVATE, False)
    assert not is_alone(elsewhere)


def test_a_chat_between_people_is_no_place_for_us_two_alone() -> None:
    between = _interaction(2, {"name": "help"}, context=2, authorizing_integration_owners={"1": "11"})
    assert not is_alone(between)
    assert _command(between).scene.is_manager is False


def test_a_command_that_we_no_longer_have_is_a_request_too() -> None:
    asked = _command(_interaction(2, {"name": "gone", "options": [{"name": "n", "type": 4, "value": 3}]}))
    assert (asked.name, asked.arguments) == ("gone", {"n": "3"})


def test_suggestions_are_asked_for_the_option_in_focus() -> None:
    options = [{"name": "a", "value": "x"}, {"name": "b", "value": "fer", "focused": True}]
    asked = request(_interaction(4, {"name": "story", "options": options}), _CODEC)
    assert isinstance(asked, Suggest)
    assert (asked.command, asked.option, asked.typed) == ("story", "b", "fer")
    assert request(_interaction(4, {"name": "story"}), _CODEC) is None


@pytest.mark.parametrize(
    "components",
    [
        [
            {"type": 18, "id": 1, "component": {"type": 21, "id": 2, "custom_id": "stance", "value": "for"}},
            {"type": 18, "id": 3, "component": {"type": 4, "id": 4, "custom_id": "words", "value": "At last."}},
        ],
        [
            {"type": 18, "component": {"type": 3, "custom_id": "stance", "values": ["for"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "words", "value": "At last."}]},
            {"type": 18, "component": {"type": 4, "custom_id": "empty", "value": ""}},
            {"type": 18, "component": {"type": 21, "custom_id": "none", "value": None}},
        ],
    ],
)
def test_a_filled_in_form_is_read_however_its_fields_are_wrapped(components: list[dict[str, Any]]) -> None:
    asked = request(_interaction(5, {"custom_id": _CODEC.encode(_OPINE), "components": components}), _CODEC)
    assert isinstance(asked, Submission)
    assert (asked.action, asked.values) == (_OPINE, {"stance": "for", "words": "At last."})


@pytest.mark.parametrize("components", [None, [], "words", [None], [{"component": "x"}], [{"components": {"a": 1}}]])
def test_a_malformed_form_is_an_empty_one(components: object) -> None:
    asked = request(_interaction(5, {"custom_id": "forged", "components": components}), _CODEC)
    assert isinstance(asked, Submission)
    assert (asked.action, asked.values) == (Unreadable(is_other_version=False), {})


@given(st.text(max_size=110))
@settings(deadline=None)
def test_no_forged_button_becomes_an_action(token: str) -> None:
    asked = request(_interaction(3, {"custom_id": token, "component_type": 2}), _CODEC)
    assert isinstance(asked, Press)
    assert isinstance(asked.action, Unreadable)


def test_what_names_nobody_or_nowhere_cannot_be_answered() -> None:
    assert request(_interaction(1, {}), _CODEC) is None
    assert request(_interaction(2, {"name": "help"}, channel={}), _CODEC) is None
    nobody = _interaction(2, {"name": "help"})
    nobody.user = discord.utils.MISSING
    assert request(nobody, _CODEC) is None
