"""What the command line tells programs, as values that JSON has. Names stay; times are ISO 8601 in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from adapters.checking import CheckedEntry
from bot.domain.addresses import without_secrets
from bot.domain.article import Draft
from bot.domain.channel import Channel
from bot.domain.explanation import Explanation, Reason
from bot.domain.history import Attempt, Trace
from bot.domain.matching import Match
from bot.domain.source import Source, Trouble
from bot.domain.story import Story, Told
from bot.domain.subscription import Subscription
from bot.messages.text import plain
from bot.ports.reading import FoundFeed, Reading
from bot.services.explain import address
from bot.services.import_sources import Imported
from bot.views.following import target_name
from bot.views.why import why_sentences

Json = Mapping[str, Any]


def told_source(source: Source) -> Json:
    """A stored source and how reading it goes; what may be a key in its address is hidden."""
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "address": without_secrets(source.address),
        "site": source.site,
        "language": source.language,
        "labels": source.labels,
        "full_text": source.fetches_full_text,
        "state": "paused" if source.is_paused else "failing" if source.trouble else "ok",
        "problem": told_problem(source.trouble),
        "failures": source.failures,
        "interval_s": source.interval_s,
        "added": _moment(source.added_at),
        "last_read": _moment(source.last_read_at),
        "next_read": None if source.is_paused else _moment(source.next_read_at),
    }


def told_channel(channel: Channel, subscriptions: Sequence[Subscription]) -> Json:
    """A channel and what it follows."""
    return {
        "id": channel.id,
        "address": address(channel.ref),
        "kind": channel.kind,
        "title": channel.title,
        "follows": [target_name(subscription.target) for subscription in subscriptions],
        "prefers": channel.prefers,
        "paused": channel.paused_because
        and {"as": channel.paused_as, "reason": channel.paused_because, "at": _moment(channel.paused_at)},
        "added": _moment(channel.added_at),
    }


def told_checked(reading: Reading | None, entries: Sequence[CheckedEntry], problem: Trouble | None) -> Json:
    """A feed that was only looked at."""
    return {
        "source": {
            "title": reading and reading.title,
            "site": reading and reading.site,
            "language": reading and reading.language,
            "kind": reading and reading.format,
        },
        "entries": [
            {
                "identity": one.identity,
                **_draft(one.draft),
                **({"page_problem": told_problem(one.page_problem)} if one.page_problem else {}),
            }
            for one in entries
        ],
        "problem": told_problem(problem),
    }


def told_article(told: Told) -> Json:
    """A stored article with the whole of its text."""
    article = told.article
    return {
        **told_heading(told),
        **_draft(article.draft),
        "language": article.language,
        "is_complete": article.draft.is_complete,
        "former_titles": article.former_titles,
        "changed": _moment(article.changed_at),
    }


def told_heading(told: Told) -> Json:
    """A stored article without its text."""
    article = told.article
    return {
        "id": article.id,
        "story": article.story_id,
        "source": {"id": told.source.id, "title": told.source.title},
        "title": article.draft.title,
        "link": article.draft.link,
        "published": _moment(article.draft.published_at),
        "first_seen": _moment(article.first_seen_at),
    }


def told_story(story: Story, topics: Sequence[Match], *, is_whole: bool) -> Json:
    """A story; the first article is the one that came first. With ``is_whole`` each article has its text."""
    return {
        "id": story.id,
        "title": story.title,
        "at": _moment(story.at),
        "opinions": asdict(story.tally),
        "topics": [{"id": match.topic_id, "word": match.word} for match in topics],
        "articles": [told_article(told) if is_whole else told_heading(told) for told in story.told],
    }


def told_import(imported: Imported) -> Json:
    """How the import of a list ended."""
    return {
        "total": imported.total,
        "added": [told_source(source) for source in imported.added],
        "known": imported.known,
        "failed": [
            {"address": without_secrets(one.feed.address), "title": one.feed.title, "problem": told_problem(one.why)}
            for one in imported.refused
        ],
    }


def told_feeds(feeds: Sequence[FoundFeed]) -> Sequence[Json]:
    """Feeds to choose from, by number."""
    return [{"number": number, "title": feed.title, "address": feed.address} for number, feed in enumerate(feeds, 1)]


def told_problem(trouble: Trouble | None) -> Json | None:
    """What went wrong, if anything did."""
    return {"kind": trouble.kind, "message": trouble.message} if trouble else None


def _draft(draft: Draft) -> Json:
    return {
        "title": draft.title,
        "link": draft.link,
        "published": _moment(draft.published_at),
        "author": draft.author,
        "image": draft.image,
        "teaser": draft.teaser,
        "paragraphs": draft.paragraphs,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def told_reasons(explained: Explanation) -> Json:
    """Why a story came to a channel or did not; ``sentences`` say the same to people."""
    channel = explained.channel
    return {
        "channel": {"id": channel.id, "address": address(channel.ref), "title": channel.title},
        "story": {"id": explained.story.id, "title": explained.story.title},
        "first_seen": _moment(explained.story.told[0].article.first_seen_at),
        "topics": explained.topics,
        "follows": explained.follows,
        "asked_for_by": [_reason(reason) for reason in explained.reasons],
        "post": explained.headline and _trace(explained.headline),
        "update": explained.refresh and _trace(explained.refresh),
        "attempts": [_attempt(attempt) for attempt in explained.attempts],
        "held_up_by": [_attempt(attempt) for attempt in explained.held_up_by],
        "sentences": [plain(sentence) for sentence in why_sentences(explained)],
    }


def _reason(reason: Reason) -> Json:
    match = reason.match
    return {
        "follows": target_name(reason.subscription.target),
        "since": _moment(reason.subscription.added_at),
        "word": match and match.word,
        "paragraph": match and match.paragraph,
        "quote": reason.quote or None,
    }


def _trace(trace: Trace) -> Json:
    return {
        "state": trace.state,
        "reason": trace.reason,
        "wanted": _moment(trace.wanted_at),
        "due": _moment(trace.due_at),
        "first_attempt": _moment(trace.first_attempt_at),
        "attempts": trace.attempt,
        "settled": _moment(trace.settled_at),
        "waited_s": trace.waited and trace.waited.seconds,
        "waited_for": trace.waited and trace.waited.limit,
        "messages": trace.receipt and trace.receipt.message_ids,
    }


def _attempt(attempt: Attempt) -> Json:
    return {
        "number": attempt.number,
        "started": _moment(attempt.started_at),
        "ended": _moment(attempt.ended_at),
        "became": attempt.became,
        "reason": attempt.reason,
        "may_have_arrived": attempt.was_uncertain,
        "limit": attempt.limit,
        "again": _moment(attempt.again_at),
    }
