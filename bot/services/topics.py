"""Which topics an article touches: the catalogue's and every reader's own words."""

from bot.domain.article import Draft
from bot.domain.matching import Match, Matcher
from bot.domain.topic import Catalogue, Topic, TopicId, TopicKind, own_words
from bot.ports.storage import Reading

_SUGGESTED = 3


class Topics:
    """The matcher of this process, kept in step with what readers subscribed to."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._matcher = Matcher(catalogue)
        self._own: set[TopicId] = set()

    async def refresh(self, work: Reading) -> None:
        """Learn readers' own words from the database and forget those that nobody follows any more."""
        wanted = dict(await work.subscriptions.own_words())
        for topic_id in self._own - wanted.keys():
            self._matcher.remove(topic_id)
        for topic_id in wanted.keys() - self._own:
            self._matcher.add(own_words(wanted[topic_id]))
        self._own = set(wanted)

    def touched_by(self, draft: Draft) -> tuple[Match, ...]:
        """The topics that the article's words speak of, with the word and where it stands."""
        told = draft.paragraphs or ((draft.teaser,) if draft.teaser else ())
        return self._matcher.match(draft.title, told)

    def named(self, typed: str) -> Topic:
        """The catalogue topic of that name, else the words themselves as a topic. Raises TopicError."""
        return self.catalogue.find(typed) or own_words(typed)

    def meant(self, topic: Topic) -> tuple[Topic, ...]:
        """Catalogue topics that somebody who typed these words of their own may have meant."""
        if topic.kind is not TopicKind.WORDS:
            return ()
        return self.catalogue.suggest(topic.name(""), limit=_SUGGESTED)
