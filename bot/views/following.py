"""What a channel follows, and what it could."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.subscription import Everything, FromSource, FromTopic, Subscription, Target
from bot.domain.topic import Topic
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import strong, text
from bot.views.moderation import Standing, standing_blocks, standing_rows
from bot.views.pager import pager

TOPICS_ON_PAGE = 12
_SHOWN_SUBSCRIPTIONS = 20
_ROWS = 4
_LEFT_SHOWN = 5


def target_name(target: Target) -> str:
    """What one follows, as a person would say it."""
    match target:
        case Everything():
            return "everything"
        case FromTopic(topic_id=topic_id, label=label):
            return f"“{label}”" if topic_id.startswith("words:") else label
        case FromSource(label=label):
            return label


def followed(
    subscription: Subscription, *, is_new: bool, recent: int | None, latest: int, meant: Sequence[tuple[Topic, int]]
) -> Post:
    """The confirmation.

    ``recent`` are stories of the last week, None where nobody counted; ``latest`` and ``meant`` carry the numbers for
    buttons.
    """
    blocks = [Block(text=text(_lately(recent)), kind=BlockKind.NOTE)]
    if meant:
        names = " or ".join(topic.names["en"] for topic, _ in meant)
        blocks.append(Block(text=text(f"You follow exactly these words. Did you mean the topic {names}?")))
    suggestions = tuple(
        Control(label=shorten(f"Follow {topic.names['en']}", 40), action=Action(verb=Verb.SUBSCRIBE, subject=number))
        for topic, number in meant
    )
    return Post(
        tone=Tone.NOTICE,
        title=_follows(subscription, is_new=is_new),
        blocks=tuple(blocks),
        controls=tuple(
            row
            for row in (
                (
                    Control(label="Latest", action=Action(verb=Verb.LATEST, subject=latest)),
                    Control(label="Stop", action=Action(verb=Verb.UNSUBSCRIBE, subject=subscription.id)),
                ),
                suggestions,
            )
            if row
        ),
    )


def followed_in_short(subscription: Subscription, *, is_new: bool, recent: int | None) -> str:
    """The same as a toast."""
    return f"{_follows(subscription, is_new=is_new)}. {_lately(recent)}"


def _follows(subscription: Subscription, *, is_new: bool) -> str:
    return f"You follow {target_name(subscription.target)} {'now' if is_new else 'already'}"


def _lately(recent: int | None) -> str:
    match recent:
        case None:
            return "New stories arrive here from now on."
        case 0:
            return "Nothing about it in the last week."
        case 1:
            return "1 story in the last week."
        case _:
            return f"{recent} stories in the last week."


def unfollowed(target: Target, left: Sequence[Target], *, again: int) -> Post:
    """``left`` is what is still followed there, ``again`` the number that the undo button carries."""
    return Post(
        tone=Tone.NOTICE,
        title=f"Stopped: {target_name(target)}",
        blocks=(Block(text=text(_arrives_still(left))),),
        controls=((Control(label="Follow again", action=Action(verb=Verb.SUBSCRIBE, subject=again)),),),
    )


def _arrives_still(left: Sequence[Target]) -> str:
    if not left:
        return "Nothing is followed here any more, so no more stories arrive."
    if Everything() in left:
        return "Everything is still followed here, so all stories arrive as before."
    names = ", ".join(target_name(target) for target in left[:_LEFT_SHOWN])
    more = f" and {len(left) - _LEFT_SHOWN} more" if len(left) > _LEFT_SHOWN else ""
    return f"Still followed here: {names}{more}."


def subscriptions(listed: Sequence[Subscription], standing: Standing) -> Post:
    """Everything the channel follows, each with a button that stops it, and what is not as it should be."""
    trouble, remedies = standing_blocks(standing), standing_rows(standing)
    if not listed:
        return Post(
            tone=Tone.NOTICE,
            title="Nothing is followed here yet",
            blocks=(
                Block(
                    text=text(
                        "Type ",
                        strong("/subscribe"),
                        " and a topic, a source, any words of your own, or ",
                        strong("everything"),
                        ".",
                    )
                ),
                *trouble,
            ),
            controls=(*remedies, (Control(label="Topics", action=Action(verb=Verb.CATALOGUE)),)),
        )
    shown = listed[:_SHOWN_SUBSCRIPTIONS]
    blocks = [Block(text=text("\n".join(f"• {target_name(subscription.target)}" for subscription in shown)))]
    if len(listed) > len(shown):
        blocks.append(Block(text=text(f"… and {len(listed) - len(shown)} more."), kind=BlockKind.NOTE))
    room = 2 * (_ROWS - len(remedies))
    stops = [
        Control(
            label=shorten(f"Stop {target_name(subscription.target)}", 40),
            action=Action(verb=Verb.UNSUBSCRIBE, subject=subscription.id),
        )
        for subscription in shown
    ]
    return Post(
        tone=Tone.NOTICE,
        title="Followed here",
        blocks=(*blocks, *trouble),
        controls=(*remedies, *(tuple(stops[start : start + 2]) for start in range(0, min(len(stops), room), 2))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTopic:
    """A topic with the number its button carries; ``recent`` stories of the last week."""

    topic: Topic
    number: int
    recent: int = 0


def _offer_label(offer: OfferedTopic) -> str:
    name = shorten(offer.topic.names["en"], 30)
    return f"{name} ({offer.recent})" if offer.recent else name


def topics(offered: Sequence[OfferedTopic], *, page: int, pages: int) -> Post:
    """A page of the catalogue, each topic with a button that follows it."""
    buttons = [
        Control(label=_offer_label(offer), action=Action(verb=Verb.SUBSCRIBE, subject=offer.number))
        for offer in offered
    ]
    return Post(
        tone=Tone.NOTICE,
        title="Topics",
        blocks=(
            Block(
                text=text(
                    "Press one to follow it here (the number is this week's stories), or type ",
                    strong("/subscribe"),
                    " and any words of your own.",
                )
            ),
        ),
        controls=(
            *(tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3)),
            *pager(Verb.TOPICS, 0, page, pages=pages, is_last=page >= pages - 1),
        ),
    )
