"""getUpdates and the webhook methods."""

from collections.abc import Iterable

from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.errors import BadRequestError, ConflictError
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.updates import OTHER_POLL, Update


async def get_updates(api: Api, params: Params) -> object:
    """One poll; faults may end it with a conflict, spoil one update of the batch or repeat one."""
    try:
        return await _polled(api, params)
    except ConflictError:
        await api.updates.conflict_pause()
        raise


async def _polled(api: Api, params: Params) -> object:
    if api.webhook.url:
        raise ConflictError(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    if api.ground.faults.strikes(PLATFORM, "conflict"):
        raise ConflictError(OTHER_POLL)
    api.updates.allow(_allowed(params))
    batch = await api.updates.poll(params.number("offset"), params.number("limit", 100), params.number("timeout"))
    return _spoiled(api, batch)


def _spoiled(api: Api, batch: list[Update]) -> list[object]:
    bodies: list[object] = [update.body for update in batch]
    if batch and api.ground.faults.strikes(PLATFORM, "repeat_update"):
        bodies.append(batch[0].body)
    if batch and api.ground.faults.strikes(PLATFORM, "malformed_update"):
        # A message without the fields that every message has, under an id that is confirmed with its neighbour.
        bodies.insert(0, {"update_id": batch[0].id, "message": {"text": "malformed on purpose"}})
    return bodies


def _allowed(params: Params) -> Iterable[str] | None:
    kinds = params.json("allowed_updates", "allowed updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list):
        raise BadRequestError("can't parse allowed updates JSON object")
    return [str(kind) for kind in kinds]


async def set_webhook(api: Api, params: Params) -> object:
    url = params.text("url").strip()
    if not url:
        return await delete_webhook(api, params)
    kinds = _allowed(params)
    await api.webhook.turn_to(url, params.text("secret_token"), params.number("max_connections", 40))
    api.updates.allow(kinds)
    _drop_pending(api, params)
    return True


async def delete_webhook(api: Api, params: Params) -> object:
    await api.webhook.delete()
    _drop_pending(api, params)
    return True


def _drop_pending(api: Api, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        for number in list(api.updates.pending):
            api.updates.drop(number)


async def get_webhook_info(api: Api, _params: Params) -> object:
    info: dict[str, object] = {
        "url": api.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(api.updates.pending),
    }
    if api.webhook.url:
        info["max_connections"] = api.webhook.connections
        if api.webhook.last_error:
            info["last_error_date"], info["last_error_message"] = api.webhook.last_error
    if api.updates.allowed is not None:
        info["allowed_updates"] = sorted(api.updates.allowed)
    return info


async def log_out(_api: Api, _params: Params) -> object:
    """logOut and close: the sandbox is this bot's one server, so there is nowhere to go."""
    return True
