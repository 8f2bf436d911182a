"""Commands, names and descriptions that the bot sets for itself."""

from adapters.sandbox.telegram.access import known_room
from adapters.sandbox.telegram.api import Api, Method
from adapters.sandbox.telegram.cast import BOT_NAME
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.profile import read_commands, read_language, read_scope


async def set_commands(api: Api, params: Params) -> object:
    commands = read_commands(params.json("commands", "commands"))
    api.profile.set_commands(*_where(api, params), commands)
    return True


async def delete_commands(api: Api, params: Params) -> object:
    api.profile.set_commands(*_where(api, params), [])
    return True


async def get_commands(api: Api, params: Params) -> object:
    return api.profile.commands(*_where(api, params))


def _where(api: Api, params: Params) -> tuple[str, str]:
    scope = read_scope(params.mapping("scope", "bot command scope"))
    if ":" in scope:
        known_room(api, scope.split(":")[1])
    return scope, read_language(params.text("language_code"))


def set_text(kind: str, at_most: int, refusal: str) -> Method:
    """A method that keeps the parameter ``kind``; longer ones are refused."""

    async def method(api: Api, params: Params) -> object:
        text = params.text(kind)
        if len(text) > at_most:
            raise BadRequestError(refusal)
        api.profile.set_text(kind, read_language(params.text("language_code")), text)
        return True

    return method


def get_text(kind: str) -> Method:
    """A method that gives back what ``set_text`` kept."""

    async def method(api: Api, params: Params) -> object:
        text = api.profile.text(kind, read_language(params.text("language_code")))
        return {kind: text or (BOT_NAME if kind == "name" else "")}

    return method
