"""What people ask us and what we answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.channel import ChannelKind, ChannelRef
from bot.domain.person import Person
from bot.messages.action import Action, Unreadable
from bot.messages.form import Form
from bot.messages.limits import Limits
from bot.messages.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who speaks, and where.

    ``is_manager`` is what the platform said of this person's rights in this very request; None: ask it.
    ``may_post`` is what it said of our own right to post there; None: nothing. ``once`` is the platform's own number
    of the request: the same when it is told twice.
    """

    channel: ChannelRef
    kind: ChannelKind
    title: str
    person: Person
    limits: Limits
    once: str
    is_manager: bool | None = None
    may_post: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A typed command. ``arguments`` are by option name as the command table has them; absent ones are left out.

    ``about`` is what the first button of the message does that the command was typed in reply to.
    """

    scene: Scene
    name: str
    arguments: Mapping[str, str]
    about: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A pressed button (or a followed deep link)."""

    scene: Scene
    action: Action | Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was filled in; ``values`` by field name, fields left empty are left out."""

    scene: Scene
    action: Action | Unreadable
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggest:
    """What could follow what is being typed for an option of a command."""

    scene: Scene
    command: str
    option: str
    typed: str


Request = Command | Press | Submission | Suggest


class Audience(StrEnum):
    """Who sees an answer: the one who asked, the same in private where that is possible even if the platform does not
    whisper, or everybody in the channel.
    """

    PERSON = "person"
    ALONE = "alone"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A new message."""

    post: Post
    audience: Audience = Audience.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """The message whose button was pressed becomes this; ``toast`` is said beside it where the platform can."""

    post: Post
    toast: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A form to fill in."""

    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """A short word to the one who asked, at most 200 characters, that leaves nothing behind."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """``value`` is what the option becomes, ``label`` what is shown; both at most 100 characters."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """At most 25, best first."""

    items: tuple[Suggestion, ...]


Answer = Show | Replace | Ask | Toast | Suggestions
