"""What a button does, in few enough bytes for every platform, with a tag that only we can make."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

VERSION = "1"
MAX_BYTES = 64
"""The least that any platform lets a button carry."""

_TAG_BYTES = 9
_SHAPE = re.compile(
    r"(?P<version>[0-9])-(?P<verb>[a-z]{1,16})-(?P<subject>[0-9]{1,18})-(?P<page>[0-9]{1,6})-(?P<tag>[\w-]{12})",
    re.ASCII,
)
_OTHER_VERSION = re.compile(r"[0-9][-:][a-z]+[-:].{0,60}", re.ASCII)


class Verb(StrEnum):
    """Everything a button can do.

    READ, SOURCES, OPINIONS, LATEST, DIGEST and CATALOGUE open a new message; TURN, LEAF, HEADLINES, BROWSE and TOPICS
    turn the page in the message that carries the button. SPLIT, JOIN and PART say which articles are one story.
    """

    READ = "read"
    TURN = "turn"
    SOURCES = "sources"
    SPLIT = "split"
    JOIN = "join"
    PART = "part"
    OPINIONS = "opinions"
    LEAF = "leaf"
    OPINE = "opine"
    FAVOUR = "for"
    OPPOSE = "against"
    MIX = "mixed"
    LATEST = "latest"
    HEADLINES = "headlines"
    SEARCH = "search"
    DIGEST = "digest"
    BROWSE = "browse"
    CATALOGUE = "catalogue"
    TOPICS = "topics"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTIONS = "subscriptions"
    RESEND = "resend"
    LEAVE = "leave"
    CATCH_UP = "catchup"
    FROM_NOW = "fromnow"
    TRY_AGAIN = "again"
    NOTED = "noted"
    PREFER = "prefer"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A verb, the number of what it is about (0 for nothing) and a page, counted from 0."""

    verb: Verb
    subject: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A token that is not ours (forged or damaged) or was made by another version of this program."""

    is_other_version: bool


class ActionCodec:
    """Turns actions into tokens of at most 64 bytes of ``A-Z a-z 0-9 _ -`` and back.

    The tag is 72 bits of HMAC-SHA256 (RFC 2104): a token that we did not make never becomes an action.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, action: Action) -> str:
        """The token; the same for the same action and key, so buttons can be compared and survive restarts."""
        body = f"{VERSION}-{action.verb}-{action.subject}-{action.page}"
        return f"{body}-{self._tag(body)}"

    def decode(self, token: str) -> Action | Unreadable:
        """The action, or why there is none. Never raises."""
        shape = _SHAPE.fullmatch(token)
        if shape is None or shape["version"] != VERSION:
            return Unreadable(is_other_version=_OTHER_VERSION.fullmatch(token) is not None and token[0] != VERSION)
        body, tag = token[: -len(shape["tag"]) - 1], shape["tag"]
        if not hmac.compare_digest(tag, self._tag(body)):
            return Unreadable(is_other_version=False)
        try:
            verb = Verb(shape["verb"])
        except ValueError:
            return Unreadable(is_other_version=True)
        return Action(verb=verb, subject=int(shape["subject"]), page=int(shape["page"]))

    def _tag(self, body: str) -> str:
        digest = hmac.new(self._key, body.encode(), hashlib.sha256).digest()[:_TAG_BYTES]
        return base64.urlsafe_b64encode(digest).decode()
