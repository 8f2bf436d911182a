"""Who is pinged by a message, computed from its text and ``allowed_mentions`` as Discord documents it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_USER, _ROLE, _EVERYONE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>"), re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """Ids of users and roles that got a notification, and whether everybody did."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)

    def as_facts(self) -> dict[str, object]:
        return {"users": list(self.users), "roles": list(self.roles), "everyone": self.everyone}


def pinged_by(text: str, allowed: Mapping[str, Any] | None, *, may_ping_all: bool, replied_to: str | None) -> Pinged:
    """Without ``allowed`` everything in the text pings. @everyone and roles need the permission, users do not."""
    parse = ("users", "roles", "everyone") if allowed is None else tuple(allowed.get("parse") or ())
    users = _picked(_USER.findall(text), "users", parse, allowed)
    if replied_to and (allowed is None or allowed.get("replied_user")):
        users = (*users, replied_to) if replied_to not in users else users
    roles = _picked(_ROLE.findall(text), "roles", parse, allowed) if may_ping_all else ()
    everyone = may_ping_all and "everyone" in parse and bool(_EVERYONE.search(text))
    return Pinged(users=users, roles=roles, everyone=everyone)


def _picked(found: list[str], kind: str, parse: tuple[str, ...], allowed: Mapping[str, Any] | None) -> tuple[str, ...]:
    named = {str(one) for one in (allowed or {}).get(kind) or ()}
    return tuple(dict.fromkeys(one for one in found if kind in parse or one in named))
