"""Why a story came, came late, or did not come: one sentence for each step."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.delivery import DeliveryKind, DeliveryState, RateLimit
from bot.domain.explanation import Explanation, Reason
from bot.domain.history import Attempt, Trace
from bot.domain.subscription import Everything, FromSource, FromTopic
from bot.domain.topic import is_own_words
from bot.messages.fitting import shorten
from bot.messages.post import Block, Post, Tone
from bot.messages.text import Text, text
from bot.views.following import target_name
from bot.views.moments import moment

_AT_ONCE = timedelta(seconds=2)
_SHOWN_REASONS, _SHOWN_TOPICS, _SHOWN_ATTEMPTS = 3, 6, 6
_TITLE_ROOM = 120
_SHOWN_IN_TENTHS_S = 10
_WORTH_TELLING_S = 0.1


def why(explained: Explanation) -> Post:
    """The whole answer."""
    return Post(
        tone=Tone.NOTICE,
        title=f"Why: {shorten(explained.story.title, _TITLE_ROOM)}",
        blocks=tuple(Block(text=sentence) for sentence in why_sentences(explained)),
    )


def why_nothing_here() -> str:
    """For a place that never followed anything."""
    return f"Nothing was ever followed here, so nothing is posted. {_FOLLOW}"


def why_sentences(explained: Explanation) -> tuple[Text, ...]:
    """What happened, in the order in which it did."""
    return (_first_seen(explained), *_matched(explained), *_sent(explained), *_brought_up_to_date(explained))


_FOLLOW = "Type /subscribe and a topic, a source, any words, or everything."
_LISTED_ONLY = "What comes that way is listed but not posted; /headlines and /story have it."
_LIMITS = {
    RateLimit.CHANNEL: "the platform takes only so many posts in one channel",
    RateLimit.OVERALL: "the platform takes only so many posts from us in all",
    RateLimit.ASKED: "the platform asked us to pause",
}


def _first_seen(explained: Explanation) -> Text:
    first = explained.story.told[0]
    return text(f"{first.source.title} told it first, seen ", moment(first.article.first_seen_at), ".")


def _matched(explained: Explanation) -> Iterator[Text]:
    if explained.reasons:
        for reason in explained.reasons[:_SHOWN_REASONS]:
            yield text(_asked_for_by(reason))
    elif explained.headline:
        yield text("Nothing that is followed here asks for it now, but something did when it came.")
    elif not explained.follows:
        yield text(f"Nothing is followed here, so nothing is posted. {_FOLLOW}")
    elif explained.topics:
        names = ", ".join(explained.topics[:_SHOWN_TOPICS])
        yield text(f"Nobody here follows any of its topics: {names}. Follow one with /subscribe.")
    else:
        yield text("It touches no topic that I know, and none of the words that are followed here stand in it.")


def _asked_for_by(reason: Reason) -> str:
    target = reason.subscription.target
    match target:
        case Everything():
            return "It is meant for this place, as everything is followed here."
        case FromSource():
            return f"It is meant for this place, as the source {target_name(target)} is followed here."
        case FromTopic():
            what = "the words {} are" if is_own_words(target.topic_id) else "the topic {} is"
            said = f"It is meant for this place, as {what.format(target_name(target))} followed here"
            return f"{said}: {_evidence(reason)}."


def _evidence(reason: Reason) -> str:
    found = reason.match
    if found is None:
        return "they were found in it when it came"
    where = f"paragraph {found.paragraph}" if found.paragraph else "the headline"
    return f"“{found.word}” stands in {where}, “{reason.quote}”" if reason.quote else f"“{found.word}” stood in {where}"


def _sent(explained: Explanation) -> Iterator[Text]:
    headline = explained.headline
    if headline is None:
        if explained.reasons:
            yield _not_promised(explained)
        return
    if headline.kind is DeliveryKind.DIGEST:
        yield text("More had come while we were away than is posted one by one, so it stands in one post with others.")
    yield from _line(explained, headline)
    shown = explained.attempts
    for attempt in shown[:_SHOWN_ATTEMPTS]:
        yield _attempted(attempt)
    if len(shown) > _SHOWN_ATTEMPTS:
        last = shown[-1]
        yield text(
            f"{len(shown) - _SHOWN_ATTEMPTS} more tries ended in the same way, the last ", moment(last.ended_at), "."
        )
    yield _stands(explained, headline)


def _not_promised(explained: Explanation) -> Text:
    told = explained.story.told
    if not any(one.article.is_announced for one in told):
        return text(
            f"It was not posted: it was not among the newest when {told[0].source.title} was first read, or read again "
            f"after a pause. {_LISTED_ONLY}"
        )
    since = min(reason.subscription.added_at for reason in explained.reasons)
    if since > told[0].article.first_seen_at:
        return text("That was first followed here ", moment(since), f", and it came before. {_LISTED_ONLY}")
    return text("It was not promised to this place: it was recognised as about that only after it had come.")


def _line(explained: Explanation, headline: Trace) -> Iterator[Text]:
    """What came between the story and the first try."""
    seen = explained.story.told[0].article.first_seen_at
    if (held := headline.wanted_at - seen) > _AT_ONCE:
        yield text(
            f"It was to leave {_span(held)} after that, since its whole text was looked for or it was promised later."
        )
    began = headline.first_attempt_at or explained.at
    if (waited := began - headline.wanted_at) <= _AT_ONCE:
        return
    pause = next((one for one in explained.held_up_by if one.became is DeliveryState.PAUSED), None)
    limit = next((one.limit for one in explained.held_up_by if one.limit), None)
    if pause:
        yield text(
            f"It waited {_span(waited)}: posting here was paused ", moment(pause.ended_at), f" ({pause.reason})."
        )
    elif explained.held_up_by:
        because = _LIMITS[limit] if limit else explained.held_up_by[-1].reason
        yield text(f"It waited {_span(waited)} behind an earlier post, which could not leave: {because}.")
    elif headline.state is not DeliveryState.PAUSED:
        yield text(f"It waited {_span(waited)} for its turn; nothing here was refused meanwhile.")


def _attempted(attempt: Attempt) -> Text:
    begins = (moment(attempt.ended_at), ":")
    again = _span(attempt.again_at - attempt.ended_at) if attempt.again_at else ""
    match attempt.became:
        case DeliveryState.PENDING if attempt.was_uncertain:
            return text(
                *begins, f" nobody knew whether it had arrived ({attempt.reason}); we looked again after {again}."
            )
        case DeliveryState.PENDING if attempt.limit:
            return text(*begins, f" it had to wait {again}, as {_LIMITS[attempt.limit]}.")
        case DeliveryState.PENDING:
            return text(*begins, f" it could not be sent ({attempt.reason}); tried again after {again}.")
        case DeliveryState.PAUSED:
            return text(*begins, f" this place took no posts: {attempt.reason}.")
        case DeliveryState.PARKED:
            return text(*begins, f" nobody knew whether it had arrived ({attempt.reason}).")
        case _:
            return text(*begins, f" it was refused: {attempt.reason}.")


def _stands(explained: Explanation, headline: Trace) -> Text:
    match headline.state:
        case DeliveryState.SENT:
            return _arrived(explained, headline)
        case DeliveryState.PENDING if headline.due_at > explained.at:
            return text(f"It leaves in {_span(headline.due_at - explained.at)}.")
        case DeliveryState.PAUSED if explained.channel.paused_because is None:
            stands = "It is held back, as this place took no posts when it came, until a moderator wants it sent."
        case DeliveryState.PAUSED:
            because = explained.channel.paused_because or headline.reason or "this place took no posts"
            stands = (
                f"It is kept until this place takes posts again ({because}). Let the bot in, and allow it to write."
            )
        case DeliveryState.PARKED:
            stands = f"It may or may not have arrived ({headline.reason}): only a moderator can have it sent again."
        case DeliveryState.BURIED:
            stands = f"It is not tried again: {headline.reason}. /story {explained.story.id} shows it."
        case DeliveryState.SENDING:
            stands = "It is being sent right now."
        case _:
            stands = "It leaves as soon as the bot is connected and it has its turn."
    return text(stands)


def _arrived(explained: Explanation, headline: Trace) -> Text:
    if headline.settled_at is None:
        return text("It was posted.")
    if not headline.receipt or not headline.receipt.message_ids:
        return text("It was posted and taken away again, which was noticed ", moment(headline.settled_at), ".")
    after = headline.settled_at - explained.story.told[0].article.first_seen_at
    ends = f", {_span(after)} after it was first seen"
    if (waited := headline.waited) and waited.seconds >= _WORTH_TELLING_S:
        ends += f"; {_span(timedelta(seconds=waited.seconds))} of that it waited because {_LIMITS[waited.limit]}"
    return text("It was posted ", moment(headline.settled_at), f"{ends}.")


def _brought_up_to_date(explained: Explanation) -> Iterator[Text]:
    refresh = explained.refresh
    if refresh is None or refresh.settled_at is None:
        return
    if refresh.state is DeliveryState.SENT:
        yield text("The post was last brought up to date ", moment(refresh.settled_at), ".")
    elif refresh.state is DeliveryState.BURIED:
        yield text(f"The post is no longer brought up to date: {refresh.reason}.")


def _span(time: timedelta) -> str:
    """A length of time in its two largest parts."""
    seconds = time.total_seconds()
    if seconds < _SHOWN_IN_TENTHS_S:
        return f"{max(seconds, 0):.1f} s".replace(".0 s", " s")
    parts = _parts(round(seconds))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2])


def _parts(seconds: int) -> Sequence[tuple[int, str]]:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return [(number, unit) for number, unit in named if number]
