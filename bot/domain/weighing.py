"""Work out what follows from the words of a document's drafts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate

from bot.domain.article import Draft
from bot.domain.findable import findable
from bot.domain.language import language_of
from bot.domain.matching import Matcher
from bot.domain.sameness import traits_of
from bot.domain.wording import Wording

_TOGETHER = timedelta(hours=48)
"""How long others may still tell of what came out: of older articles nobody asks for the traits."""

_MOST_CHARACTERS = 2_000_000
"""Of one document: more would take longer than a document may."""


def weighed(drafts: Sequence[Draft], catalogue: Matcher, *, news_since: datetime | None = None) -> list[Draft]:
    """The same drafts, with the wording of those that may be new: that came out after ``news_since``, or at nobody
    knows what time. Without it any may be.
    """
    newest = max((draft.published_at for draft in drafts if draft.published_at), default=None)
    ends = accumulate(sum(map(len, draft.told)) for draft in drafts)
    return [
        draft if end > _MOST_CHARACTERS or _is_old(draft, news_since) else _weighed(draft, catalogue, newest)
        for draft, end in zip(drafts, ends, strict=True)
    ]


def _is_old(draft: Draft, since: datetime | None) -> bool:
    return since is not None and draft.published_at is not None and draft.published_at <= since


def _weighed(draft: Draft, catalogue: Matcher, newest: datetime | None) -> Draft:
    title, words = findable(draft)
    wording = Wording(
        language=language_of(draft),
        title=title,
        words=words,
        matches=catalogue.match(draft.title, draft.told),
        traits=None if newest and _is_old(draft, newest - _TOGETHER) else traits_of(draft),
    )
    return replace(draft, wording=wording)
