"""Find the articles in a document that cannot be taken in by a fault of ours, so that the others are."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.article import Draft
from bot.domain.source import SourceId

_MOST_TRIES = 5
_MOST_ODD = 5
"""What cannot be taken in because of more than so many is no matter of single articles."""

_MOST_SOURCES = 1000

TakenIn = Callable[[Sequence[Draft]], Awaitable[bool]]
"""Whether these drafts alone could be taken in. It changes nothing."""


class OddArticles:
    """Those of every source, as long as the process lives.

    An article that cannot be taken in is tried again with the next readings, five times in all, since what stood in its
    way may pass; then it is left out for good. Corrected, it is another one.
    """

    def __init__(self) -> None:
        self._tries: dict[SourceId, Counter[Draft]] = {}

    def without_given_up(self, source_id: SourceId, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
        """The drafts without those that were tried often enough."""
        tries = self._tries.get(source_id, Counter())
        return tuple(draft for draft in drafts if tries[draft] < _MOST_TRIES) if tries else tuple(drafts)

    async def found(self, source_id: SourceId, drafts: Sequence[Draft], takes_in: TakenIn) -> list[Draft]:
        """Which of the drafts stand in the way of all; none where the fault is not with single ones."""
        if not await takes_in(()):
            return []
        odd: list[Draft] = []
        await _search(drafts, takes_in, odd)
        if len(odd) > _MOST_ODD:
            return []
        if len(self._tries) >= _MOST_SOURCES:
            self._tries.clear()
        before = self._tries.get(source_id, Counter())
        self._tries[source_id] = Counter({draft: before[draft] for draft in drafts if draft in before}) + Counter(odd)
        return odd


async def _search(drafts: Sequence[Draft], takes_in: TakenIn, odd: list[Draft]) -> None:
    """Halve what cannot be taken in until single drafts are left, or there are too many of them."""
    if len(odd) > _MOST_ODD or await takes_in(drafts):
        return
    if len(drafts) == 1:
        odd.append(drafts[0])
        return
    middle = len(drafts) // 2
    await _search(drafts[:middle], takes_in, odd)
    await _search(drafts[middle:], takes_in, odd)
