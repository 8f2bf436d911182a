"""A desk with a real database under it, asked as a platform's adapter asks it."""

import asyncio
import functools
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from bot.commands.house import House
from bot.desk import NewsDesk
from bot.domain.article import Draft, StoryId
from bot.domain.channel import ChannelKind, ChannelRef, NewChannel, Prefers
from bot.domain.delivery import Receipt, Sent, Settled
from bot.domain.person import PersonRef
from bot.domain.subscription import Everything, Subscription, Target
from bot.domain.topic import Catalogue, Topic, TopicId, TopicKind
from bot.messages.action import Action, Unreadable, Verb
from bot.messages.exchange import Answer, Command, Press, Replace, Scene, Show, Submission, Suggest, Suggestions, Toast
from bot.messages.limits import Limits
from bot.messages.post import Post
from bot.messages.text import plain
from bot.services.give_opinion import OpinionBox
from bot.services.import_page import import_page
from bot.services.let_in import DoorKeeper
from bot.services.part_stories import StoryEditor
from bot.services.shelf import Shelf
from bot.services.topics import Topics
from storage import Database, open_storage
from tests.builders import channel_ref, draft, new_source, person
from tests.fakes.clocks import HeldClock
from tests.fakes.database import database_url, fresh_database_url
from tests.fakes.events import FakeEvents
from tests.stored import LEASE
from tests.stored_rows import rows_of

LIMITS = Limits(measure=len, text=2000, label=40, buttons_in_row=5, rows=5, can_whisper=True, has_forms=True)
ARTICLES = (
    draft("Tokyo votes on a new harbour", *(f"Paragraph {number} of the vote. " * 40 for number in range(6))),
    draft("Beijing opens a museum", "Carpets from every province hang in it."),
    draft("Ferries return to Vellmar", "The first one left at dawn."),
)
"""What the newsroom knows from the start: stories 1, 2 and 3, the last one the newest."""

ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "headlines": {"topic": "Japan"},
    "story": {"story": "1"},
    "search": {"words": "museum"},
    "subscribe": {"what": "Japan"},
    "unsubscribe": {"what": "Japan"},
    "opinion": {"story": "1", "words": "So it is."},
    "sources": {"story": "1"},
    "opinions": {"story": "1"},
    "why": {"story": "1"},
    "settings": {"repeats": "no-duplicate"},
}
"""What a command is asked with, when a test is about something else."""

ODD_TEXTS = (
    *("", " ", "\n", "0", "-1", "9" * 18, "9" * 400, "٣", "²", "%", "*", "a*", "AND", "\\", "\x00", "a\x00b", "\ud800"),
    *('"', "'; DROP TABLE stories; --", "NEAR(a b)", "title:x", "\u202e", "👍" * 900, "words " * 900, "@everyone"),
)
"""What somebody may type who means no good, or only slipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody speaks, and what the platform says of their rights there."""

    ref: ChannelRef = field(default_factory=lambda: channel_ref("42"))
    kind: ChannelKind = ChannelKind.PRIVATE
    is_manager: bool | None = None
    may_post: bool | None = None


@dataclass(slots=True, kw_only=True)
class Newsroom:
    """The desk, what lies under it, and what it did to the world."""

    database: Database
    file: Path
    clock: HeldClock
    topics: Topics
    events: FakeEvents
    managers: set[tuple[PersonRef, ChannelRef]]
    woken: list[None]
    editor: StoryEditor
    desk: NewsDesk
    _requests: int = 0

    def scene(self, place: Place, who: str = "7") -> Scene:
        self._requests += 1
        return Scene(
            channel=place.ref,
            kind=place.kind,
            title="#news",
            person=person(who, platform=place.ref.platform),
            limits=LIMITS,
            once=str(self._requests),
            is_manager=place.is_manager,
            may_post=place.may_post,
        )

    async def command(self, name: str, place: Place | None = None, /, **arguments: str) -> Answer:
        return await self.desk.answer(Command(scene=self.scene(place or Place()), name=name, arguments=arguments))

    async def press(
        self, verb: Verb | Unreadable, subject: int = 0, page: int = 0, *, place: Place | None = None
    ) -> Answer:
        action = verb if isinstance(verb, Unreadable) else Action(verb=verb, subject=subject, page=page)
        return await self.desk.answer(Press(scene=self.scene(place or Place()), action=action))

    async def submit(self, action: Action | Unreadable, /, **values: str) -> Answer:
        return await self.desk.answer(Submission(scene=self.scene(Place()), action=action, values=values))

    async def suggest(self, command: str, option: str, typed: str) -> Suggestions:
        answer = await self.desk.answer(Suggest(scene=self.scene(Place()), command=command, option=option, typed=typed))
        assert isinstance(answer, Suggestions)
        return answer

    async def follow(self, target: Target, place: Place | None = None) -> Subscription:
        where = place or Place()
        async with self.database.writing() as work:
            channel = await work.channels.meet(
                NewChannel(ref=where.ref, kind=where.kind, title="#news"), now=self.clock.now()
            )
            subscription, _ = await work.subscriptions.add(channel.id, target, now=self.clock.now())
            await work.commit()
        return subscription

    async def show(self, story_id: StoryId, place: Place) -> None:
        """The story's card stands there."""
        now = self.clock.now()
        async with self.database.writing() as work:
            channel = await work.channels.find(place.ref)
            assert channel
            await work.deliveries.promise_to(channel.id, [story_id], now=now)
            claims = await work.deliveries.claim([place.ref.platform], holder="", limit=1, now=now, lease=LEASE)
            shown = Sent(receipt=Receipt(channel=place.ref, message_ids=("1",)))
            await work.deliveries.settle([Settled(claim=claim, outcome=shown) for claim in claims], now=now)
            await work.commit()

    async def followed(self, place: Place | None = None) -> list[Target]:
        async with self.database.reading() as look:
            channel = await look.channels.find((place or Place()).ref)
            return [one.target for one in await look.subscriptions.of(channel.id)] if channel else []

    async def chosen(self, place: Place | None = None) -> object:
        """What was chosen for the place: what it follows, and its settings."""
        async with self.database.reading() as look:
            channel = await look.channels.find((place or Place()).ref)
        return await self.followed(place), channel.prefers if channel else Prefers.NO_LOSS

    async def number(self, phrase: str) -> int:
        async with self.database.writing() as work:
            number = await work.requests.number(phrase, now=self.clock.now())
            await work.commit()
        return number

    async def import_stories(self, *drafts: Draft, title: str = "The Herald") -> tuple[StoryId, ...]:
        return await _import(self.database, self.topics, *drafts, title=title, now=self.clock.now())

    def stored(self) -> list[str]:
        """All that is in the database; equal before and after where nothing was stored."""
        return rows_of(self.file)


@asynccontextmanager
async def open_newsroom(
    directory: Path, url: str | None = None, *, editors: Collection[ChannelRef] = ()
) -> AsyncIterator[Newsroom]:
    """A newsroom with three stories about Japan, China and Vellmar, closed after the block.

    In a new SQLite file in the directory, or in the empty, migrated database at that URL.
    """
    if url:
        await _furnish(url)
    else:
        url = database_url(directory, holding=await asyncio.to_thread(_furnished))
    database = open_storage(url)
    clock, events, woken = HeldClock(), FakeEvents(), list[None]()
    managers: set[tuple[PersonRef, ChannelRef]] = set()
    topics = Topics(small_catalogue())

    async def may_manage(who: PersonRef, where: ChannelRef) -> bool:
        return (who, where) in managers

    def wake() -> None:
        woken.append(None)

    editor = StoryEditor(database, topics, clock, refresh_delay=timedelta(seconds=10))
    house = House(
        storage=database,
        topics=topics,
        opinions=OpinionBox(database, clock, refresh_delay=timedelta(seconds=10)),
        editor=editor,
        editors=frozenset(editors),
        clock=clock,
        shelf=Shelf(database, clock),
        may_manage=may_manage,
        private_chat=lambda who: ChannelRef(platform=who.platform, id=f"with {who.id}"),
        doors=DoorKeeper(database, clock, wake=wake),
        wake=wake,
    )
    newsroom = Newsroom(
        database=database,
        file=Path(str(make_url(url).database)),
        clock=clock,
        topics=topics,
        events=events,
        managers=managers,
        woken=woken,
        editor=editor,
        desk=NewsDesk(house, events),
    )
    try:
        yield newsroom
    finally:
        await database.close()


@functools.cache
def _furnished() -> bytes:
    """A file with the newsroom's stories: copying it takes a tenth of the time of importing them."""
    with tempfile.TemporaryDirectory(prefix="newsbot-newsroom-") as directory:
        url = fresh_database_url(Path(directory))
        asyncio.run(_furnish(url))
        return Path(str(make_url(url).database)).read_bytes()


async def _furnish(url: str) -> None:
    database = open_storage(url)
    try:
        await _import(database, Topics(small_catalogue()), *ARTICLES, title="The Herald", now=HeldClock().now())
    finally:
        await database.close()


async def _import(database: Database, topics: Topics, *drafts: Draft, title: str, now: datetime) -> tuple[StoryId, ...]:
    page = new_source(f"page:{title.casefold()}", title=title)
    published = await import_page(database, topics, page, drafts, now=now)
    return published.new


def small_catalogue() -> Catalogue:
    """Two countries."""
    japan = Topic(
        id=TopicId("japan"), kind=TopicKind.COUNTRY, names={"en": "Japan", "ru": "Япония"}, words=("Japan", "Tokyo")
    )
    china = Topic(id=TopicId("china"), kind=TopicKind.COUNTRY, names={"en": "China"}, words=("China", "Beijing"))
    return Catalogue([japan, china])


def words_of(answer: Answer) -> str:
    """Every word that the answer shows."""
    match answer:
        case Show(post=post):
            return _words(post)
        case Replace(post=post, toast=toast):
            return "\n".join(filter(None, (toast, _words(post))))
        case Toast(text=text):
            return text
        case Suggestions(items=items):
            return "\n".join(item.label for item in items)
        case _:
            return answer.form.title


def _words(post: Post) -> str:
    return "\n".join((post.title or "", plain(post.byline), *(plain(block.text) for block in post.blocks)))


def labels(post: Post) -> list[str]:
    """What stands on the post's buttons."""
    return [control.label for row in post.controls for control in row]


EVERYTHING = Everything()
