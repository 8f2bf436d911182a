"""What members may do, and whom a message pings."""

from typing import Any

import pytest

from adapters.sandbox.discord.mentions import pinged_by
from adapters.sandbox.discord.permissions import ALL, Permission, in_channel

VIEW, SEND = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES


def rights(*overwrites: dict[str, Any], user: str = "7", roles: list[dict[str, Any]] | None = None) -> Permission:
    base = [{"id": "1", "permissions": str(int(VIEW | SEND))}, {"id": "2", "permissions": "0"}]
    return in_channel(user, ["2"], guild_id="1", owner_id="9", roles=roles or base, overwrites=overwrites)


def overwrite(target: str, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": target, "allow": str(int(allow)), "deny": str(int(deny))}


def test_a_role_overwrite_is_stronger_than_that_of_everyone_and_weaker_than_the_members_own() -> None:
    closed = overwrite("1", deny=SEND)
    assert rights(closed) == VIEW
    assert rights(closed, overwrite("2", allow=SEND)) == VIEW | SEND
    assert rights(closed, overwrite("2", allow=SEND), overwrite("7", deny=SEND)) == VIEW


def test_the_owner_and_administrators_may_do_everything() -> None:
    assert rights(overwrite("1", deny=VIEW), user="9") == ALL
    admins = [{"id": "2", "permissions": str(int(Permission.ADMINISTRATOR))}]
    assert rights(overwrite("1", deny=VIEW), roles=admins) == ALL


TEXT = "<@11> <@!12> <@&5> @everyone"


@pytest.mark.parametrize(
    ("allowed", "may_ping_all", "expected"),
    [
        (None, True, (("11", "12"), ("5",), True)),
        (None, False, (("11", "12"), (), False)),
        ({"parse": []}, True, ((), (), False)),
        ({"parse": ["users"]}, True, (("11", "12"), (), False)),
        ({"users": ["12", "99"]}, True, (("12",), (), False)),
        ({"parse": ["everyone"], "roles": ["5"]}, True, ((), ("5",), True)),
    ],
)
def test_only_what_is_allowed_pings(allowed: dict[str, Any] | None, may_ping_all: bool, expected: object) -> None:  # noqa: FBT001  # a parameter of the table
    pinged = pinged_by(TEXT, allowed, may_ping_all=may_ping_all, replied_to=None)
    assert (pinged.users, pinged.roles, pinged.everyone) == expected


def test_the_author_of_the_answered_message_is_pinged_unless_told_otherwise() -> None:
    assert pinged_by("x", None, may_ping_all=True, replied_to="11").users == ("11",)
    assert not pinged_by("x", {"parse": []}, may_ping_all=True, replied_to="11")
