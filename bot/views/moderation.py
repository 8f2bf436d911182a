"""What those who look after a channel are told in private, and asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.addresses import without_secrets
from bot.domain.channel import Channel, ChannelId, Loss
from bot.domain.delivery import DeliveryId
from bot.domain.history import GivenUp
from bot.domain.notice import Notice, NoticeKind
from bot.domain.source import Source
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import Span, strong, text
from bot.views.moments import moment

CAUGHT_UP = 10
"""So many of the newest posts a channel gets that was closed for a while."""

MOST_NAMED = 5
"""Of posts that something is said of."""

_TITLE, _PLACE = 120, 80
_WHY_DOUBTFUL = {
    NoticeKind.POSTS_PARKED: "The connection broke before I was told whether {} arrived.",
    NoticeKind.POSTS_RESTORED: "A backup was restored, and I cannot know whether {} arrived since it was made.",
}
_KEPT = "What is followed there is kept, and so are the posts that wait."


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulPost:
    """A post of which nobody knows whether it arrived."""

    id: DeliveryId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A notice, and how what it is about stands now. ``posts`` are newest first, ``held`` wait for an answer."""

    notice: Notice
    channel: Channel | None = None
    source: Source | None = None
    posts: tuple[DoubtfulPost, ...] = ()
    held: int = 0


def word(told: Word) -> Post | None:
    """The notice as a message; None where it is not so any more."""
    if told.source:
        return _about_source(told.notice, told.source)
    return _about_channel(told, told.channel) if told.channel else None


def noted(told: Notice) -> Post:
    """The same in short, once somebody has seen it."""
    return Post(tone=Tone.NOTICE, blocks=(Block(text=text(f"Noted: {shorten(told.about, _TITLE)}")),))


def why_paused(loss: Loss | None, place: str) -> str:
    """What happened, in a sentence."""
    match loss:
        case Loss.BLOCKED:
            return f"I was blocked in {place}."
        case Loss.NO_RIGHTS:
            return f"I am not allowed to write in {place}."
        case Loss.CLOSED:
            return f"Nobody can post in {place} now: it is closed or locked."
        case Loss.GONE:
            return f"I cannot find {place} any more."
        case Loss.SHUT_OUT | None:
            return f"I am not in {place} any more, or cannot see it."


def what_to_do(loss: Loss | None) -> str:
    """How posts come back, in a sentence."""
    match loss:
        case Loss.BLOCKED:
            return "Unblock me and posting goes on by itself."
        case Loss.NO_RIGHTS:
            return "Let me see it and send messages there, and posting goes on by itself."
        case Loss.CLOSED:
            return "Open it again and posting goes on by itself."
        case Loss.GONE:
            return "Type /subscribe in the place where you want the stories instead."
        case Loss.SHUT_OUT | None:
            return "Invite me again and posting goes on by itself."


def parked_controls(posts: Sequence[DoubtfulPost]) -> tuple[Control, ...]:
    """Send the doubtful posts again or leave it at that; which ones, the number of the newest says."""
    newest = max(post.id for post in posts)
    again, leave = ("Resend", "Leave it") if len(posts) == 1 else (f"Resend all {len(posts)}", "Leave them")
    return (
        Control(label=again, action=Action(verb=Verb.RESEND, subject=newest), is_primary=True),
        Control(label=leave, action=Action(verb=Verb.LEAVE, subject=newest)),
    )


def held_controls(channel_id: ChannelId, held: int) -> tuple[Control, ...]:
    """Catch up with what gathered, or go on with what is new."""
    return (
        Control(
            label=f"Catch up: newest {min(CAUGHT_UP, held)}",
            action=Action(verb=Verb.CATCH_UP, subject=channel_id),
            is_primary=True,
        ),
        Control(label="From now on", action=Action(verb=Verb.FROM_NOW, subject=channel_id)),
    )


def try_again(channel_id: ChannelId) -> Control:
    """A person says that the channel takes posts again."""
    return Control(label="Try again", action=Action(verb=Verb.TRY_AGAIN, subject=channel_id))


def titles(posts: Sequence[DoubtfulPost]) -> str:
    """The first few, a line each."""
    lines = [f"• {shorten(post.title, _TITLE)}" for post in posts[:MOST_NAMED]]
    return "\n".join((*lines, f"… and {len(posts) - MOST_NAMED} more.") if len(posts) > MOST_NAMED else lines)


def gathered(held: int) -> str:
    """How many posts wait for an answer."""
    return f"{held} stories gathered while posting was paused. New ones arrive from now on; do you want these too?"


def _about_source(notice: Notice, source: Source) -> Post | None:
    match notice.kind:
        case NoticeKind.SOURCE_IS_BACK:
            return _source_is_back(notice)
        case NoticeKind.SOURCE_MOVED:
            return _source_has_moved(notice)
        case _:
            return _source_fails(notice, source) if source.is_trouble_told else None


def _about_channel(told: Word, channel: Channel) -> Post | None:
    match told.notice.kind:
        case NoticeKind.CHANNEL_PAUSED if channel.paused_because:
            return _paused(channel)
        case NoticeKind.CHANNEL_GOES_ON if not channel.paused_because:
            return _goes_on(told.notice, channel)
        case NoticeKind.CHANNEL_IS_BACK if told.held:
            return _is_back(channel, told.held)
        case NoticeKind.POSTS_PARKED | NoticeKind.POSTS_RESTORED if told.posts:
            return _parked(channel, told.posts, why=_WHY_DOUBTFUL[told.notice.kind])
        case NoticeKind.POST_REFUSED:
            return _refused(told.notice, channel)
        case _:
            return None


def _source_fails(notice: Notice, source: Source) -> Post:
    since = source.failing_since or notice.at
    is_final = source.trouble is not None and source.trouble.is_final
    how_long = "Since " if is_final else "For more than a day, since "
    return _notice(
        f"{shorten(source.title, _PLACE)} cannot be read",
        text(how_long, moment(since), ". ", notice.reason),
        text(
            "It is still followed, and I keep trying. If it has moved, ask whoever runs this bot to give me its new "
            f"address. I read {without_secrets(source.address)}"
        ),
        controls=(_ok(notice),),
    )


def _source_is_back(notice: Notice) -> Post:
    return _notice(
        f"{shorten(notice.about, _PLACE)} can be read again",
        text("Its new stories arrive as before. There is nothing to do."),
        controls=(_ok(notice),),
    )


def _source_has_moved(notice: Notice) -> Post:
    return _notice(
        f"{shorten(notice.about, _PLACE)} has moved",
        text(f"Its server has named another address for more than a week. I read it there now: {notice.reason}"),
        text("Its stories arrive as before. If that is not where it should be, tell whoever runs this bot."),
        controls=(_ok(notice),),
    )


def _paused(channel: Channel) -> Post:
    place = _place(channel)
    at = channel.paused_at
    when: tuple[Span | str, ...] = (" Since ", moment(at), " nothing is posted there.") if at else ()
    return _notice(
        f"Posting in {place} is paused",
        text(why_paused(channel.paused_as, place), *when),
        text(strong(what_to_do(channel.paused_as)), " ", _KEPT),
        controls=(try_again(channel.id),),
    )


def _goes_on(notice: Notice, channel: Channel) -> Post:
    return _notice(
        f"Posting in {_place(channel)} goes on",
        text("I can post there again. There is nothing to do."),
        controls=(_ok(notice),),
    )


def _is_back(channel: Channel, held: int) -> Post:
    return _notice(
        f"Posting in {_place(channel)} goes on", text(gathered(held)), controls=held_controls(channel.id, held)
    )


def _parked(channel: Channel, posts: Sequence[DoubtfulPost], *, why: str) -> Post:
    is_one = len(posts) == 1
    what = "A post" if is_one else f"{len(posts)} posts"
    return _notice(
        f"{what} may be missing in {_place(channel)}",
        text(why.format("it" if is_one else "they")),
        text(titles(posts)),
        text(strong("Look there first."), " Sent again, what had arrived would stand there twice."),
        controls=parked_controls(posts),
    )


def _refused(notice: Notice, channel: Channel) -> Post:
    return _notice(
        f"A story was refused in {_place(channel)}",
        text("“", shorten(notice.about, _TITLE), "” was not let through by the rules of that place."),
        text(notice.reason),
        text("If it should have been, change its filter for links and words. It is not sent again."),
        controls=(_ok(notice),),
    )


def _notice(title: str, *lines: tuple[Span, ...], controls: tuple[Control, ...]) -> Post:
    blocks = tuple(
        Block(text=line, kind=BlockKind.NOTE if number else BlockKind.BODY) for number, line in enumerate(lines) if line
    )
    return Post(tone=Tone.NOTICE, title=title, blocks=blocks, controls=(controls,))


def _ok(notice: Notice) -> Control:
    return Control(label="OK", action=Action(verb=Verb.NOTED, subject=notice.id))


def _place(channel: Channel) -> str:
    return shorten(channel.title, _PLACE) or "the channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How posting in a channel goes: what is paused, doubtful, held or given up, and which followed sources fail."""

    channel: Channel
    posts: tuple[DoubtfulPost, ...] = ()
    held: int = 0
    failing: tuple[str, ...] = ()
    given_up: tuple[GivenUp, ...] = ()


def standing_blocks(standing: Standing) -> tuple[Block, ...]:
    """A paragraph for each thing that is not as it should be; the same as the notices, for whom those do not reach."""
    channel, lines = standing.channel, []
    if channel.paused_because:
        lines.append(f"Posting here is paused. {why_paused(channel.paused_as, 'this place')} "
                     f"{what_to_do(channel.paused_as)}")  # fmt: skip
    elif standing.held:
        lines.append(gathered(standing.held))
    if standing.posts:
        is_one = len(standing.posts) == 1
        lines.append(f"{'This post' if is_one else 'These posts'} may not have arrived:\n{titles(standing.posts)}")
    if standing.given_up:
        lines.append(
            f"In the last day these could not be posted here and are not tried again:\n{_with_reasons(standing)}"
        )
    if standing.failing:
        lines.append(f"Cannot be read, and I keep trying: {shorten(', '.join(standing.failing), 300)}.")
    return tuple(Block(text=text(line), kind=BlockKind.NOTE) for line in lines)


def _with_reasons(standing: Standing) -> str:
    return "\n".join(
        f"• {shorten(post.title, _TITLE)}: {shorten(post.reason.rstrip('.'), _TITLE)}." for post in standing.given_up
    )


def standing_rows(standing: Standing) -> tuple[tuple[Control, ...], ...]:
    """What can be done about it."""
    rows: list[tuple[Control, ...]] = []
    if standing.channel.paused_because:
        rows.append((try_again(standing.channel.id),))
    elif standing.held:
        rows.append(held_controls(standing.channel.id, standing.held))
    if standing.posts:
        rows.append(parked_controls(standing.posts))
    return tuple(rows)


def resent(number: int) -> Post:
    """What becomes of doubtful posts that are sent again."""
    return _said("It is on its way again." if number == 1 else f"{number} posts are on their way again.")


def left(number: int) -> Post:
    """What becomes of doubtful posts that are not."""
    return _said("It stays as it is." if number == 1 else f"{number} posts stay as they are.")


def caught_up(number: int, rest: int) -> Post:
    """What becomes of the posts that gathered; ``rest`` of them come in one."""
    out = "1 story is on its way" if number == 1 else f"The newest {number} stories are on their way"
    return _said(f"{out}, and one post tells of {rest} more." if rest else f"{out}.")


def from_now_on(left_out: int) -> Post:
    """The posts that gathered are left out."""
    return _said(f"Only new stories from now on. The {left_out} that gathered are left out; /headlines has them.")


NO_LONGER = "There is nothing left to decide here."
TRIED_JUST_NOW = "I tried a moment ago. Give it a minute, then press again."
TRYING = "I try again now. If it fails, /subscriptions there says why."
POSTS_ALREADY = "Posting there goes on already."


def _said(sentence: str) -> Post:
    return Post(tone=Tone.NOTICE, blocks=(Block(text=text(sentence)),))
