"""Hands what a person did to the bot, and waits for what comes back."""

import asyncio
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.discord import cast, faults
from adapters.sandbox.discord.archive import Entry
from adapters.sandbox.discord.house import House
from adapters.sandbox.discord.interactions import Interaction, Watch
from adapters.sandbox.discord.rights import rights_in

_MOST_UPLOAD_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a person waits, in seconds: for a first answer, for all, and for what follows right after."""

    first_answer_s: float = 3.0
    in_all_s: float = 5.0
    moment_s: float = 0.05
    suggestions_s: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did: the kind of interaction, its ``data``, and where.

    ``source`` is the message that it came from; ``spoken`` the line that says which command was used.
    """

    kind: int
    channel: dict[str, Any]
    person: str
    data: dict[str, Any]
    source: Entry | None = None
    spoken: Entry | None = None


class Exchange:
    """Interactions out, answers in."""

    def __init__(self, house: House, patience: Patience) -> None:
        self._house = house
        self._patience = patience

    @property
    def reaches_bot(self) -> bool:
        return self._house.gateway.may_come_back

    async def put(self, act: Act) -> Watch:
        """Hand it over and wait; no first answer in time leaves the watch without ``first_ms``."""
        watch = Watch()
        self._house.board.watch(act.channel["id"], watch)
        try:
            await self._send(act, watch)
            if await _within(self._patience.first_answer_s, watch.answered):
                await self._wait_for_promise(watch)
        finally:
            self._house.board.unwatch(act.channel["id"], watch)
        return watch

    async def suggestions(self, act: Act) -> list[dict[str, Any]]:
        """The choices that the bot offers for an option being typed; none when it is away or slow."""
        if not self.reaches_bot:
            return []
        watch = Watch()
        await self._send(act, watch)
        await _within(self._patience.suggestions_s, watch.complete)
        return watch.choices

    async def _wait_for_promise(self, watch: Watch) -> None:
        left = self._patience.in_all_s - (watch.first_ms or 0) / 1000
        if await _within(left, watch.complete) and watch.form is None:
            await asyncio.sleep(self._patience.moment_s)

    async def _send(self, act: Act, watch: Watch) -> None:
        house, channel_id = self._house, act.channel["id"]
        interaction = house.interactions.open(
            id=house.board.next_id(),
            kind=act.kind,
            person=act.person,
            channel_id=channel_id,
            watch=watch,
            source=act.source,
            spoken=act.spoken,
        )
        event = _event(house, interaction, act)
        facts = {"event": "INTERACTION_CREATE", "type": act.kind, "chat": channel_id, "person": act.person}
        house.ground.ledger.write("discord", "event", facts)
        for _ in range(2 if faults.strikes_event(house.ground) else 1):
            await house.gateway.send("INTERACTION_CREATE", event, guild_id=act.channel.get("guild_id"))


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Whether the event came in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _event(house: House, interaction: Interaction, act: Act) -> dict[str, Any]:
    """INTERACTION_CREATE's data, with every key that Discord sends."""
    user_id = cast.USER_IDS[act.person]
    rights = str(int(rights_in(house.archive, act.channel, user_id)))
    event: dict[str, Any] = {
        "id": interaction.id,
        "application_id": cast.APPLICATION_ID,
        "type": act.kind,
        "token": interaction.token,
        "version": 1,
        "channel_id": act.channel["id"],
        "channel": {**act.channel, "permissions": rights},
        "data": act.data,
        "locale": "en-US",
        "app_permissions": str(int(rights_in(house.archive, act.channel, cast.BOT_ID))),
        "entitlements": [],
        "attachment_size_limit": _MOST_UPLOAD_BYTES,
    }
    user = cast.user(cast.PERSONS[act.person])
    if act.channel.get("guild_id"):
        event["guild_id"] = cast.GUILD_ID
        event["guild"] = {"id": cast.GUILD_ID, "locale": "en-US", "features": ["COMMUNITY", "NEWS"]}
        event["guild_locale"] = "en-US"
        event["member"] = cast.member(user, cast.roles_of(user_id)) | {"permissions": rights}
        event["authorizing_integration_owners"] = {"0": cast.GUILD_ID}
        event["context"] = 0
    else:
        event["user"] = user
        event["authorizing_integration_owners"] = {"0": "0"}
        event["context"] = 1
    if act.source is not None:
        event["message"] = act.source.payload
    return event
