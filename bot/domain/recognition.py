"""Which entries of a document are new, which are known, and which are told twice in it.

Publishers change ids, links, titles and dates at whim; what may be believed depends on the document as a whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from bot.domain.article import Article, ArticleId, Draft
from bot.domain.identity import Signs, are_alike, folded, joined, opening_of, path_of, signs_of
from bot.domain.source import Identity, Source

_REUSED_AFTER = timedelta(days=30)
_ANOTHER_DAY = timedelta(days=1)
_TELLING = 60
"""Characters of an opening that are no mere formula."""

_COMPARED = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A draft and the article that it tells again, None where it is new.

    ``keys`` are all its keys, ``unknown`` those that nothing was known by; ``released`` belonged to an older article
    whose id or link the publisher uses again.
    """

    draft: Draft
    keys: tuple[str, ...]
    before: Article | None = None
    unknown: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


class Evidence(Enum):
    """What two tellings have in common beside keys."""

    GUID = auto()
    TITLE = auto()
    OPENING = auto()
    MOMENT = auto()
    PATH = auto()


class Document:
    """The drafts of one document, to be recognised by what is known of their ``keys``.

    ``repeats`` counts drafts that tell another one of this document again; they are no entries.
    """

    def __init__(self, source: Source, drafts: Sequence[Draft], *, now: datetime) -> None:
        self._now = now
        self._identity = source.identity
        told = [(draft, signs_of(source, draft)) for draft in newest_first(drafts, now)]
        kept = list(_without_repeats(told))
        self.repeats = len(told) - len(kept)
        self._drafts = [draft for draft, _ in kept]
        self._guids = Counter(signs.guid for _, signs in kept)
        self._links = Counter(signs.link for _, signs in kept)
        self._signs = [self._trusted(signs) for _, signs in kept]
        self._shared_links = sum(self._guids[s.guid] > 1 or s.guid is None for _, s in kept if self._is_shared(s))
        self._found: dict[int, Article] = {}
        self._taken: set[ArticleId] = set()
        self._reused: dict[int, str] = {}
        self._known: set[str] = set()
        self._changed_guids = 0

    @property
    def keys(self) -> list[str]:
        """What to ask for."""
        return [key for signs in self._signs for key in (*signs.strong, *signs.weak)]

    def recognise(self, known: Mapping[str, Article]) -> None:
        """Find the articles that are told again: by what the publisher gave, and by words only what is left then."""
        self._match_signs(_those(known, (key for signs in self._signs for key in signs.strong)))
        left = (signs for at, signs in enumerate(self._signs) if at not in self._found)
        self._match_words(_those(known, [key for signs in left for key in signs.weak]))

    def _match_signs(self, known: Mapping[str, Article]) -> None:
        """Recognise entries by ids before links, over the whole document."""
        self._known |= known.keys()
        for at, signs in enumerate(self._signs):
            article = self._by_guid(at, signs, known)
            if article is None or article.id in self._taken:
                continue
            if signs.guid and self._is_reused(article, self._drafts[at], _REUSED_AFTER):
                self._reused[at] = signs.guid
            else:
                self._take(at, article)
        self._match_links(known)

    def _by_guid(self, at: int, signs: Signs, known: Mapping[str, Article]) -> Article | None:
        """The article with that id, unless the one with that link has more in common: then the id was used twice."""
        article, other = known.get(signs.whole or signs.guid or ""), known.get(signs.link or "")
        if article and other and len(self._shared(other, at)) > len(self._shared(article, at)):
            return other
        return article

    def _match_links(self, known: Mapping[str, Article]) -> None:
        for at, signs in enumerate(self._signs):
            article = known.get(signs.link or "")
            if at in self._found or at in self._reused or article is None or article.id in self._taken:
                continue
            if self._is_same_by_link(article, at):
                self._changed_guids += signs.guid is not None and article.fed.guid is not None
                self._take(at, article)
            elif signs.link and not signs.guid:
                self._reused[at] = signs.link

    def _match_words(self, known: Mapping[str, Article]) -> None:
        """Recognise what is left by its words, most evidence first, each article at most once."""
        self._known |= known.keys()
        for at, signs in enumerate(self._signs):
            exact = known.get(signs.exact or "")
            if exact and at not in self._found and exact.id not in self._taken:
                self._take(at, exact)
        pairs: list[tuple[int, int, Article]] = []
        for at, signs in enumerate(self._signs):
            if at not in self._found and at not in self._reused:
                articles = {article.id: article for key in signs.weak if (article := known.get(key))}
                pairs += [(-len(self._shared(article, at)), at, article) for article in articles.values()]
        for _, at, article in sorted(pairs, key=lambda pair: pair[:2]):
            if at not in self._found and article.id not in self._taken and self._is_same_by_words(article, at):
                self._take(at, article)

    def entries(self) -> list[Entry]:
        """All entries, newest first."""
        owned = set(self._known)
        entries = []
        for at in reversed(range(len(self._drafts))):  # as they are stored, so that the first to have a key owns it
            signs, before = self._signs[at], self._found.get(at)
            released = (self._reused[at],) if at in self._reused else ()
            is_nameless = before is None and not released and owned.issuperset(signs.keys)
            entry = Entry(
                draft=self._drafts[at],
                keys=(*signs.keys, signs.exact) if is_nameless and signs.exact else signs.keys,
                before=before,
                unknown=tuple(key for key in signs.strong if key not in self._known),
                released=released,
            )
            owned |= set(entry.keys)
            entries.append(entry)
        return entries[::-1]

    @property
    def identity(self) -> Identity:
        """What tells this source's articles apart from now on.

        Ids that are new at more than half of the known articles are made up at each fetch; links that more than half of
        the entries share, where no id tells these apart, name no article.
        """
        if self._identity is not Identity.WORDS and self._shared_links > len(self._drafts) / 2:
            return Identity.WORDS
        if self._identity is Identity.GUID and self._changed_guids > max(1, len(self._found) / 2):
            return Identity.LINK
        return self._identity

    def _trusted(self, signs: Signs) -> Signs:
        """The signs that tell this entry from the document's others."""
        if signs.guid and self._guids[signs.guid] > 1:
            signs = replace(signs, guid=joined(signs.guid, signs.link or signs.title or ""))
        return replace(signs, link=None) if self._is_shared(signs) else signs

    def _is_shared(self, signs: Signs) -> bool:
        return signs.link is not None and self._links[signs.link] > 1

    def _take(self, at: int, article: Article) -> None:
        self._found[at] = article
        self._taken.add(article.id)

    def _shared(self, article: Article, at: int) -> set[Evidence]:
        return evidence(article.fed, self._drafts[at])

    def _is_same_by_link(self, article: Article, at: int) -> bool:
        """A page keeps its link. With another id and nothing else in common, the link is one of several entries."""
        draft, before = self._drafts[at], article.fed
        if self._signs[at].guid and before.guid and before.guid != draft.guid:
            return bool(self._shared(article, at) - {Evidence.PATH})
        is_dated = draft.published_at is not None and before.published_at is not None
        return not self._is_reused(article, draft, _ANOTHER_DAY if is_dated else _REUSED_AFTER)

    def _is_same_by_words(self, article: Article, at: int) -> bool:
        """Where neither id nor link is known: two agreements that hardly are by chance."""
        draft, before, shared = self._drafts[at], article.fed, self._shared(article, at)
        has_title, has_opening = Evidence.TITLE in shared, Evidence.OPENING in shared
        are_dated = draft.published_at is not None and before.published_at is not None
        if has_title and Evidence.GUID in shared:
            return True
        if self._signs[at].strong:
            if are_dated:
                return Evidence.MOMENT in shared and len(shared) > 1
            return (has_title and has_opening) or (Evidence.PATH in shared and (has_title or has_opening))
        if has_title:
            return has_opening or not are_dated or _day(draft) == _day(before)
        is_telling = not are_dated and len(opening_of(draft)) >= _TELLING
        return has_opening and (Evidence.MOMENT in shared or is_telling)

    def _is_reused(self, article: Article, draft: Draft, after: timedelta) -> bool:
        """Whether the publisher gave the id or link of an old article to something else."""
        before = came_out(article.fed, article.first_seen_at)
        return abs(came_out(draft, self._now) - before) > after and not _are_alike(article.fed, draft)


def _those(known: Mapping[str, Article], keys: Iterable[str]) -> Mapping[str, Article]:
    return {key: known[key] for key in keys if key in known}


def newest_first(drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    """By date, then by position; one without a date stays beside the one that it follows, none is later than now."""
    latest = datetime.max.replace(tzinfo=UTC)
    dated: list[tuple[datetime, Draft]] = []
    for draft in drafts:
        latest = came_out(draft, now) if draft.published_at else latest
        dated.append((latest, draft))
    return [draft for _, draft in sorted(dated, key=lambda one: one[0], reverse=True)]


def came_out(draft: Draft, seen_at: datetime) -> datetime:
    """When readers take it to have come out: what the publisher says, but never later than when it was seen."""
    return min(draft.published_at or seen_at, seen_at)


def evidence(one: Draft, other: Draft) -> set[Evidence]:
    """What the two have in common beside keys."""
    compared = {
        Evidence.GUID: ((one.guid or "").strip(), (other.guid or "").strip()),
        Evidence.TITLE: (folded(one.title), folded(other.title)),
        Evidence.OPENING: (opening_of(one), opening_of(other)),
        Evidence.MOMENT: (one.published_at, other.published_at),
        Evidence.PATH: (path_of(one.link), path_of(other.link)),
    }
    return {kind for kind, (before, after) in compared.items() if before and before == after}


def _without_repeats(told: Iterable[tuple[Draft, Signs]]) -> Iterable[tuple[Draft, Signs]]:
    seen: set[tuple[object, ...]] = set()
    for draft, signs in told:
        tokens = _tokens(draft, signs)
        if seen.isdisjoint(tokens):
            yield draft, signs
        seen.update(tokens)


def _tokens(draft: Draft, signs: Signs) -> set[tuple[object, ...]]:
    """Two drafts of a document that share one of these are one entry to any reader."""
    title, opening = folded(draft.title), opening_of(draft)
    tokens: set[tuple[object, ...]] = set()
    if signs.link:
        tokens.add(("alike", signs.link, title, opening, draft.published_at))
    if signs.whole:
        tokens.add(("whole", signs.whole))
    elif signs.guid:
        tokens |= {("id", signs.guid, signs.link), ("id", signs.guid, title)}
    elif signs.link:
        tokens |= {("link", signs.link, title, opening), ("link", signs.link, title, _day(draft))}
    else:
        tokens.add(("words", title, opening, _day(draft)))
    return tokens


def _day(draft: Draft) -> object:
    return draft.published_at.date() if draft.published_at else None


def _are_alike(one: Draft, other: Draft) -> bool:
    """Whether one may be the other corrected."""
    return are_alike(one.title, other.title) or are_alike(_text(one), _text(other))


def _text(draft: Draft) -> str:
    return " ".join(draft.paragraphs or (draft.teaser or "",))[:_COMPARED]
