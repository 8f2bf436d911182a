"""Who the bot is, which chats there are and who may do what in them."""

from adapters.sandbox.telegram.access import joined_room
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT, user_json
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.room import KICKED, LEFT, MEMBER, MUTED, Room, is_person

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
_BOT_RIGHTS = frozenset({"can_manage_chat", "can_delete_messages", *_CHANNEL_RIGHTS})


async def get_me(_api: Api, _params: Params) -> object:
    return {
        **user_json(BOT),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(api: Api, params: Params) -> object:
    """The Bot API's ChatFullInfo."""
    room = joined_room(api, params)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    permissions = (
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_invite_users",
    )
    info = {
        **room.as_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    if room.is_group:
        info["permissions"] = dict.fromkeys(permissions, True)
    return info


async def get_chat_member(api: Api, params: Params) -> object:
    """A member's status; for a person who is not there, status "left"."""
    room = joined_room(api, params)
    user = params.number("user_id")
    if user <= 0:
        raise BadRequestError("invalid user_id specified")
    if user != BOT and not is_person(user):
        raise BadRequestError("member not found")
    return member_json(room, user)


async def get_chat_administrators(api: Api, params: Params) -> object:
    room = joined_room(api, params)
    if room.is_private:
        raise BadRequestError("there are no administrators in the private chat")
    return [member_json(room, user) for user in sorted(room.place.admins)]


async def get_chat_member_count(api: Api, params: Params) -> object:
    return len(joined_room(api, params).place.people) + 1


async def leave_chat(api: Api, params: Params) -> object:
    """The bot is gone from the group or channel; sends are refused from now on."""
    room = joined_room(api, params)
    if room.is_private:
        raise BadRequestError("chat not found")
    before = member_json(room, BOT)
    room.bot_is = LEFT
    room.save()
    change = {
        "chat": room.as_json(),
        "from": user_json(BOT),
        "date": int(api.ground.clock()),
        "old_chat_member": before,
        "new_chat_member": member_json(room, BOT),
    }
    api.updates.add("my_chat_member", change)
    return True


_SENDING = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def _outside(room: Room) -> dict[str, object]:
    """ChatMemberLeft, ChatMemberBanned or ChatMemberRestricted, for good."""
    match room.bot_is:
        case str(status) if status == KICKED:
            return {"status": KICKED, "until_date": 0}
        case str(status) if status == MUTED:
            return {"status": MUTED, "is_member": True, "until_date": 0, **dict.fromkeys(_SENDING, False)}
        case _:
            return {"status": LEFT}


def member_json(room: Room, user: int) -> dict[str, object]:
    """The Bot API's ChatMember."""
    member: dict[str, object] = {"user": user_json(user)}
    if user == BOT and room.bot_is != MEMBER:
        return {**member, **_outside(room)}
    if user == room.place.owner:
        return {**member, "status": "creator", "is_anonymous": False}
    if user in room.place.admins:
        names = (*_RIGHTS, *_CHANNEL_RIGHTS) if room.is_channel else (*_RIGHTS, "can_pin_messages")
        rights = {name: user != BOT or name in _BOT_RIGHTS for name in names}
        return {**member, "status": "administrator", "can_be_edited": False, "is_anonymous": False, **rights}
    if user in room.place.people or user == BOT:
        return {**member, "status": "member"}
    return {**member, "status": "left"}
