"""Endpoints for the bot itself, its commands, the gateway's address and the server."""

from typing import Any

from adapters.sandbox.contract import PEOPLE
from adapters.sandbox.discord import cast, guilds
from adapters.sandbox.discord.command_rules import check_commands
from adapters.sandbox.discord.refusals import RefusedError, bad_json, unknown_application, unknown_guild, unknown_user
from adapters.sandbox.discord.rest import Call, Endpoint

GLOBAL = "global"
_USERS = {cast.USER_IDS[person.id]: cast.user(person) for person in PEOPLE} | {
    cast.BOT_ID: cast.BOT_USER,
    cast.OWNER_ID: cast.OWNER,
}


async def me(_: Call) -> dict[str, Any]:
    return {**cast.BOT_USER, "verified": True, "email": None, "mfa_enabled": False, "flags": 0, "locale": "en-US"}


async def user(call: Call) -> dict[str, Any]:
    try:
        return _USERS[call.part("id")]
    except KeyError:
        raise unknown_user() from None


async def application(_: Call) -> dict[str, Any]:
    return cast.APPLICATION


async def gateway(call: Call) -> dict[str, Any]:
    return {"url": call.house.gateway.url}


async def gateway_for_bot(call: Call) -> dict[str, Any]:
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": call.house.gateway.url, "shards": 1, "session_start_limit": limit}


async def list_commands(call: Call) -> list[dict[str, Any]]:
    return call.house.archive.commands.get(_scope(call), [])


async def replace_commands(call: Call) -> list[dict[str, Any]]:
    """Bulk Overwrite: the list replaces all; a command that keeps its name keeps its id."""
    scope = _scope(call)
    if not isinstance(call.body, list) or not all(isinstance(command, dict) for command in call.body):
        raise bad_json()
    check_commands(call.body)
    return _register(call, scope, call.body)


async def add_command(call: Call) -> dict[str, Any]:
    """Create one command, or replace the one of its name and type."""
    scope, command = _scope(call), call.fields()
    others = [one for one in call.house.archive.commands.get(scope, []) if _key(one) != _key(command)]
    check_commands([*others, command])
    return _register(call, scope, [*others, command])[-1]


async def remove_command(call: Call) -> None:
    scope = _scope(call)
    commands = call.house.archive.commands.get(scope, [])
    kept = [one for one in commands if one["id"] != call.part("command")]
    if len(kept) == len(commands):
        raise RefusedError(404, 10063, "Unknown application command")
    call.house.archive.register(scope, kept)


def _scope(call: Call) -> str:
    if call.part("id") != cast.APPLICATION_ID:
        raise unknown_application()
    guild_id = call.request.match_info.get("guild")
    if guild_id not in (None, cast.GUILD_ID):
        raise unknown_guild()
    return guild_id or GLOBAL


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


def _register(call: Call, scope: str, commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {_key(command): command["id"] for command in call.house.archive.commands.get(scope, [])}
    registered = []
    for command in commands:
        full = {
            "type": 1,
            "default_member_permissions": None,
            "nsfw": False,
            "description": "",
            **command,
            "id": known.get(_key(command)) or call.house.board.next_id(),
            "application_id": cast.APPLICATION_ID,
            "version": call.house.board.next_id(),
        }
        if scope != GLOBAL:
            full["guild_id"] = scope
        registered.append(full)
    call.house.archive.register(scope, registered)
    return registered


async def guild(call: Call) -> dict[str, Any]:
    return guilds.guild(call.house.archive, _guild_id(call))


async def guild_channels(call: Call) -> list[dict[str, Any]]:
    channels: list[dict[str, Any]] = (await guild(call))["channels"]
    return channels


async def active_threads(call: Call) -> dict[str, Any]:
    threads = (await guild(call))["threads"]
    return {"threads": threads, "members": [thread["member"] for thread in threads]}


async def guild_member(call: Call) -> dict[str, Any]:
    _guild_id(call)
    user_id = call.part("user")
    if user_id not in _USERS:
        raise RefusedError(404, 10007, "Unknown Member")
    return cast.member(_USERS[user_id], cast.roles_of(user_id))


def _guild_id(call: Call) -> str:
    """The server that the call names. Raises for one that there is not."""
    guild_id = call.part("id")
    if guild_id != cast.GUILD_ID and not guilds.is_joined(call.house.archive, guild_id):
        raise unknown_guild()
    return guild_id


def _command_endpoints(path: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint(method="GET", path=path, handle=list_commands),
        Endpoint(method="PUT", path=path, handle=replace_commands),
        Endpoint(method="POST", path=path, handle=add_command),
        Endpoint(method="DELETE", path=path + "/{command}", handle=remove_command),
    )


ENDPOINTS = (
    Endpoint(method="GET", path="/users/@me", handle=me),
    Endpoint(method="GET", path="/users/{id}", handle=user),
    Endpoint(method="GET", path="/oauth2/applications/@me", handle=application),
    Endpoint(method="GET", path="/applications/@me", handle=application),
    Endpoint(method="GET", path="/gateway", handle=gateway, needs_token=False),
    Endpoint(method="GET", path="/gateway/bot", handle=gateway_for_bot),
    Endpoint(method="GET", path="/guilds/{id}", handle=guild),
    Endpoint(method="GET", path="/guilds/{id}/channels", handle=guild_channels),
    Endpoint(method="GET", path="/guilds/{id}/threads/active", handle=active_threads),
    Endpoint(method="GET", path="/guilds/{id}/members/{user}", handle=guild_member),
    *_command_endpoints("/applications/{id}/commands"),
    *_command_endpoints("/applications/{id}/guilds/{guild}/commands"),
)
