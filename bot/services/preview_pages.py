"""Read the pages of articles that nobody stores, to show what would be stored of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.article import Draft
from bot.domain.full_text import completed, is_more, wants_page
from bot.domain.source import NewSource, Trouble
from bot.ports.reading import PageReader, ReadingError

_AT_ONCE = 8
PATIENCE_S = 60.0
"""A host is asked for one page a second, so this is what some forty articles of one site take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An article as it would be stored; ``problem`` is why its page has not completed it, if it should have."""

    draft: Draft
    problem: Trouble | None = None


async def preview(
    pages: PageReader, source: NewSource, drafts: Sequence[Draft], *, patience_s: float = PATIENCE_S
) -> list[Preview]:
    """The drafts in their order, each with the text of its page where the source gives only a beginning.

    Eight pages are read at once; what is not read after ``patience_s`` has the problem ``timeout``.
    """
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(draft: Draft) -> Preview:
        if not wants_page(source, draft):
            return Preview(draft=draft)
        async with turns:
            return await _with_page(pages, draft)

    reading = [asyncio.create_task(one(draft)) for draft in drafts]
    try:
        if reading:
            await asyncio.wait(reading, timeout=patience_s)
        return [
            task.result() if task.done() else Preview(draft=draft, problem=_NO_TIME)
            for task, draft in zip(reading, drafts, strict=True)
        ]
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _with_page(pages: PageReader, draft: Draft) -> Preview:
    try:
        page = await pages.read_page(draft.link or "")
    except ReadingError as error:
        return Preview(draft=draft, problem=Trouble(kind=error.kind, message=str(error)))
    problem = _PROBLEMS.get(page.problem or "")
    if not is_more(draft, page):
        return Preview(draft=draft, problem=problem or _NO_MORE)
    return Preview(draft=completed(draft, page), problem=problem)


_NO_TIME = Trouble(kind="timeout", message="There was no time left to read that page.")
_NO_MORE = Trouble(kind="no_text", message="The page says no more than the feed.")
_PROBLEMS = {
    "paywall": Trouble(kind="paywall", message="That page shows only the beginning to those who do not subscribe."),
    "cut": Trouble(kind="cut", message="That page goes on for longer than a story may."),
}
