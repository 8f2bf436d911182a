"""Endpoints for answers to interactions ("Receiving and Responding" of Discord's documentation)."""

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.discord import cast, messages
from adapters.sandbox.discord.archive import Entry
from adapters.sandbox.discord.command_rules import check_choice
from adapters.sandbox.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from adapters.sandbox.discord.message_rules import EPHEMERAL, LOADING, check_edit, check_new
from adapters.sandbox.discord.modal_rules import check_modal
from adapters.sandbox.discord.refusals import BodyErrors, invalid_body, unknown_message, unknown_webhook
from adapters.sandbox.discord.rest import Call, Endpoint
from adapters.sandbox.discord.rest_messages import attach_uploads

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

_ALLOWED = {
    COMMAND: {MESSAGE, DEFERRED, MODAL},
    COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
    MODAL_SUBMIT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE},
    AUTOCOMPLETE: {CHOICES},
}


async def answer(call: Call) -> dict[str, Any] | None:
    """The first answer. A refused body leaves the interaction open; what is taken fixes whether it is ephemeral."""
    interaction = call.house.interactions.to_answer(call.part("id"), call.part("token"))
    call.chat = interaction.channel_id
    body = call.fields()
    data = body.get("data") or {}
    kind = _checked_kind(interaction, body.get("type"))
    _check_data(interaction, kind, data, files=len(call.uploads))
    interaction.callback = kind
    interaction.watch.note_first()
    await _take(call, interaction, kind, data)
    interaction.watch.answered.set()
    return _receipt(interaction) if call.asks("with_response") else None


def _checked_kind(interaction: Interaction, kind: object) -> int:
    allowed = _ALLOWED[interaction.kind]
    if interaction.source is None:
        allowed = allowed - {DEFERRED_UPDATE, UPDATE}
    if not isinstance(kind, int) or kind not in allowed:
        choices = ", ".join(map(str, sorted(allowed)))
        raise invalid_body(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
    return kind


def _check_data(interaction: Interaction, kind: int, data: Mapping[str, Any], *, files: int) -> None:
    if kind == MESSAGE:
        check_new(data, under="data", files=files)
    elif kind == MODAL:
        check_modal(data)
    elif kind == CHOICES:
        _check_choices(data.get("choices") or [])
    elif kind == UPDATE and interaction.source is not None:
        before = interaction.source.payload
        check_edit(data, before, messages.edited(before, data, at=0), under="data")


def _check_choices(choices: list[dict[str, Any]]) -> None:
    errors = BodyErrors()
    if len(choices) > 25:  # noqa: PLR2004  # the documented bound
        errors.too_long(("choices",), 25)
    for index, choice in enumerate(choices):
        check_choice(choice, ("choices", index), errors)
    errors.refuse_if_any(under="data")


async def _take(call: Call, interaction: Interaction, kind: int, data: dict[str, Any]) -> None:
    watch = interaction.watch
    if kind in (MESSAGE, DEFERRED):
        await _put_up_original(call, interaction, kind, data)
    elif kind in (DEFERRED_UPDATE, UPDATE):
        interaction.original = interaction.source
    if kind == UPDATE and interaction.source is not None:
        await _change(call, interaction, interaction.source, data)
    elif kind == CHOICES:
        watch.choices = list(data.get("choices") or [])
    elif kind == MODAL:
        watch.form = {**data, "components": messages.numbered(data["components"])}
    if kind not in (DEFERRED, DEFERRED_UPDATE):
        watch.complete.set()


async def _put_up_original(call: Call, interaction: Interaction, kind: int, data: dict[str, Any]) -> None:
    flags = data.get("flags") or 0
    body = data if kind == MESSAGE else {"flags": flags & EPHEMERAL}
    entry = _new_entry(call, interaction, body, is_first=True)
    if kind == DEFERRED:
        entry.payload["flags"] |= LOADING
    interaction.original = entry
    spoken = interaction.spoken
    if entry.to is None and spoken is not None and spoken.to is not None:
        # Who used the command shows above a public answer; above an ephemeral one only to that person.
        spoken.to = None
        call.house.archive.keep(spoken)
    pinged = call.house.board.ping(entry.payload, data.get("allowed_mentions"))
    await call.house.board.put_up(entry, watch=interaction.watch, pinged=pinged)


def _new_entry(call: Call, interaction: Interaction, body: Mapping[str, Any], *, is_first: bool) -> Entry:
    of_command = is_first and interaction.kind == COMMAND
    payload = messages.new_message(
        body,
        message_id=call.house.board.next_id(),
        channel_id=interaction.channel_id,
        author=cast.BOT_USER,
        kind=messages.COMMAND_ANSWER if of_command else messages.PLAIN,
        application_id=cast.APPLICATION_ID,
        webhook_id=cast.APPLICATION_ID,
        interaction_metadata={
            "id": interaction.id,
            "type": interaction.kind,
            "user": cast.user(cast.PERSONS[interaction.person]),
            "authorizing_integration_owners": {"0": cast.GUILD_ID},
        },
    )
    attach_uploads(call, payload)
    return Entry(payload=payload, to=interaction.person if payload["flags"] & EPHEMERAL else None)


def _receipt(interaction: Interaction) -> dict[str, Any]:
    receipt: dict[str, Any] = {"id": interaction.id, "type": interaction.kind}
    resource: dict[str, Any] = {"type": interaction.callback}
    original = interaction.original
    if original is not None:
        receipt["response_message_id"] = original.id
        receipt["response_message_loading"] = bool(original.payload["flags"] & LOADING)
        receipt["response_message_ephemeral"] = original.to is not None
    if original is not None and interaction.callback in (MESSAGE, UPDATE):
        resource["message"] = original.payload
    return {"interaction": receipt, "resource": resource}


async def follow_up(call: Call) -> dict[str, Any] | None:
    """Another message; the first one after a deferred answer fills that answer in, as ephemeral as it was begun."""
    interaction = _interaction(call)
    body = call.fields()
    original = interaction.original
    if original is not None and original.payload["flags"] & LOADING:
        await _change(call, interaction, original, body)
        return original.payload if call.asks("wait") else None
    check_new(body, files=len(call.uploads))
    entry = _new_entry(call, interaction, body, is_first=False)
    interaction.followups[entry.id] = entry
    pinged = call.house.board.ping(entry.payload, body.get("allowed_mentions"))
    await call.house.board.put_up(entry, watch=interaction.watch, pinged=pinged)
    interaction.watch.complete.set()
    return entry.payload if call.asks("wait") else None


async def read(call: Call) -> dict[str, Any]:
    return _entry(call, _interaction(call)).payload


async def edit(call: Call) -> dict[str, Any]:
    """Edit the first answer or a follow-up; ephemeral stays ephemeral, public stays public."""
    interaction = _interaction(call)
    entry = _entry(call, interaction)
    await _change(call, interaction, entry, call.fields())
    return entry.payload


async def delete(call: Call) -> None:
    interaction = _interaction(call)
    entry = _entry(call, interaction)
    await call.house.board.take_down(entry)
    interaction.watch.entries.pop(entry.id, None)
    interaction.followups.pop(entry.id, None)
    if entry is interaction.original:
        interaction.original = None
    interaction.watch.complete.set()


async def _change(call: Call, interaction: Interaction, entry: Entry, body: dict[str, Any]) -> None:
    after = messages.edited(entry.payload, body, at=call.house.ground.clock())
    check_edit(body, entry.payload, after)
    attach_uploads(call, after)
    pinged = call.house.board.ping(after, body.get("allowed_mentions"))
    await call.house.board.change(entry, after, watch=interaction.watch, pinged=pinged)
    interaction.watch.complete.set()


def _interaction(call: Call) -> Interaction:
    if call.part("id") != cast.APPLICATION_ID:
        raise unknown_webhook()
    interaction = call.house.interactions.to_follow_up(call.part("token"))
    call.chat = interaction.channel_id
    return interaction


def _entry(call: Call, interaction: Interaction) -> Entry:
    message_id = call.part("message")
    original = interaction.original
    if message_id == "@original" or (original is not None and message_id == original.id):
        entry = original
    else:
        entry = interaction.followups.get(message_id)
    if entry is None or (entry.to is None and not call.house.archive.holds(entry)):
        raise unknown_message()
    return entry


_MESSAGE_PATH = "/webhooks/{id}/{token}/messages/{message}"
ENDPOINTS = (
    Endpoint(method="POST", path="/interactions/{id}/{token}/callback", handle=answer, rule=None, needs_token=False),
    Endpoint(method="POST", path="/webhooks/{id}/{token}", handle=follow_up, rule=None, needs_token=False),
    Endpoint(method="GET", path=_MESSAGE_PATH, handle=read, rule=None, needs_token=False),
    Endpoint(method="PATCH", path=_MESSAGE_PATH, handle=edit, rule=None, needs_token=False),
    Endpoint(method="DELETE", path=_MESSAGE_PATH, handle=delete, rule=None, needs_token=False),
)
