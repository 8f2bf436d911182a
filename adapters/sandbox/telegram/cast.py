"""Who and what is there at the start: the bot, the people, a group, a channel and their ids."""

from dataclasses import dataclass
from types import MappingProxyType

from adapters.sandbox.contract import MODERATOR_1, PEOPLE, READER_1, READER_2, TELEGRAM_TOKEN, Person

PLATFORM = "telegram"
BOT = int(TELEGRAM_TOKEN.partition(":")[0])
BOT_NAME = "newsbot"
BOT_USERNAME = "newsbot_sandbox_bot"

GROUP = -1002000000001
CHANNEL = -1002000000002

USER_IDS = MappingProxyType({READER_1: 700000001, READER_2: 700000002, MODERATOR_1: 700000003})
PERSON_IDS = MappingProxyType({user: person for person, user in USER_IDS.items()})
PEOPLE_BY_ID = MappingProxyType({person.id: person for person in PEOPLE})
KNOWN_USERS = frozenset({BOT, *PERSON_IDS})
LANGUAGE = "en"

CROWD = range(800000001, 900000001)
"""Ids of readers who are not at the page."""


def user_json(user: int) -> dict[str, object]:
    """The Bot API's User for the bot or one of the people."""
    if user == BOT:
        return {"id": BOT, "is_bot": True, "first_name": BOT_NAME, "username": BOT_USERNAME}
    if user in CROWD:
        return {"id": user, "is_bot": False, "first_name": f"Reader {user}", "language_code": LANGUAGE}
    person = person_of(user)
    return {
        "id": user,
        "is_bot": False,
        "first_name": person.name,
        "username": person.id.replace("-", "_"),
        "language_code": LANGUAGE,
    }


def person_of(user: int) -> Person:
    """The person behind a user id. Raises KeyError for the bot and for strangers."""
    return PEOPLE_BY_ID[PERSON_IDS[user]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A chat as it is at the start. ``type`` is the Bot API's word; ``admins`` includes the bot where it is one."""

    id: int
    type: str
    title: str
    people: tuple[int, ...]
    admins: frozenset[int] = frozenset()
    owner: int | None = None


PLACES = (
    Place(
        id=GROUP,
        type="supergroup",
        title="City news",
        people=tuple(USER_IDS.values()),
        admins=frozenset({USER_IDS[MODERATOR_1]}),
    ),
    *(
        Place(id=user, type="private", title=PEOPLE_BY_ID[person].name, people=(user,))
        for person, user in USER_IDS.items()
    ),
    Place(
        id=CHANNEL,
        type="channel",
        title="City news channel",
        people=tuple(USER_IDS.values()),
        admins=frozenset({USER_IDS[MODERATOR_1], BOT}),
        owner=USER_IDS[MODERATOR_1],
    ),
)
