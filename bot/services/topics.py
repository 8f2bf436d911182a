"""Which topics an article touches: the catalogue's and every reader's own words."""

import time
from collections.abc import Sequence

from bot.domain.article import Draft
from bot.domain.matching import Match, Matcher
from bot.domain.subscription import SubscriptionId
from bot.domain.topic import Catalogue, Topic, TopicKind, is_own_words, own_words
from bot.ports.measures import Matching, Measure, unmeasured
from bot.ports.storage import Reading

_SUGGESTED = 3
_AT_ONCE = 5_000


class Topics:
    """The matcher of this process, kept in step with what readers subscribed to.

    New own words are learnt as they come. Those that nobody follows any more stay in memory, which costs that and
    nothing else, until the process ends: they are left out where they are found.
    """

    def __init__(self, catalogue: Catalogue, *, measure: Measure = unmeasured) -> None:
        self.catalogue = catalogue
        self._measure = measure
        self._matcher = Matcher(catalogue)
        self._learnt = SubscriptionId(0)

    async def refresh(self, work: Reading) -> None:
        """Learn the own words that readers subscribed to since the last time, some at a time."""
        while added := await work.subscriptions.own_words(after=self._learnt, limit=_AT_ONCE):
            for _, topic_id in added:
                self._matcher.add_own_words(topic_id)
            self._learnt = max(self._learnt, added[-1][0])
            if len(added) < _AT_ONCE:
                return

    async def touched_by(self, work: Reading, draft: Draft) -> list[Match]:
        """The topics that the article's words speak of, with the word and where it stands; no own words that nobody
        follows any more.
        """
        began = time.perf_counter()
        matches = self._matches(draft)
        self._measure(Matching(took_s=time.perf_counter() - began))
        own = {match.topic_id for match in matches if is_own_words(match.topic_id)}
        gone = own - await work.subscriptions.followed(own) if own else own
        return [match for match in matches if match.topic_id not in gone]

    def _matches(self, draft: Draft) -> Sequence[Match]:
        wording = draft.wording
        text = (draft.title, draft.told)
        if wording and not self._matcher.may_have_own_words(*text, wording.words.split()):
            return wording.matches
        return self._matcher.match(*text)

    def named(self, typed: str) -> Topic:
        """The catalogue topic of that name, else the words themselves as a topic. Raises TopicError."""
        return self.catalogue.find(typed) or own_words(typed)

    def meant(self, topic: Topic) -> tuple[Topic, ...]:
        """Catalogue topics that somebody who typed these words of their own may have meant."""
        if topic.kind is not TopicKind.WORDS:
            return ()
        return self.catalogue.suggest(topic.name(""), limit=_SUGGESTED)
