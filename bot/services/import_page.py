"""Take in one page of text as a source of its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.article import Draft
from bot.domain.source import NewSource
from bot.ports.storage import Storage
from bot.services.publish import Published, publish
from bot.services.topics import Topics


async def import_page(
    storage: Storage, topics: Topics, source: NewSource, drafts: Sequence[Draft], *, now: datetime
) -> Published:
    """Store the page's stories, in reading order, and promise them to whoever follows them; all of it or nothing.

    The same page again brings nothing new: a story is known by its words.
    """
    async with storage.writing() as work:
        stored = await work.sources.at(source.address) or await work.sources.add(source, now=now)
        published = await publish(
            work,
            topics,
            stored,
            tuple(reversed(drafts)),
            now=now,
            announce=len(drafts),
            refresh_delay=timedelta(0),
        )
        described = replace(stored, footer=source.footer, opinion_prompt=source.opinion_prompt)
        await work.sources.save(replace(described, entries=max(stored.entries, len(drafts))))
        await work.commit()
    return published
