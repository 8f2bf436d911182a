"""What the core needs of a database.

Everything is said within a unit of work; what it wrote exists for others after ``commit`` and not at all without it.
Lists come in the order that each method promises. Times are aware UTC. No unit of work is open while the network is
waited for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.article import Article, ArticleId, Draft, Filed, NewArticle, StoryId
from bot.domain.channel import Channel, ChannelId, ChannelRef, Loss, NewChannel, Prefers
from bot.domain.delivery import Claim, DeliveryId, DeliveryState, ParkedPost, Queue, Settled
from bot.domain.digest import Digest, DigestId
from bot.domain.full_text import PageText
from bot.domain.history import Attempt, GivenUp, Trace
from bot.domain.hub import HubLease
from bot.domain.keeping import Leftover
from bot.domain.lease import Lease, LeaseSign
from bot.domain.matching import Match
from bot.domain.notice import NewNotice, Notice, NoticeId, NoticeKind
from bot.domain.opinion import Opinion, Tally
from bot.domain.person import PersonRef
from bot.domain.sameness import Likeness
from bot.domain.source import HubLink, NewSource, Source, SourceId
from bot.domain.story import Headline, Story
from bot.domain.subscription import Subscription, SubscriptionId, Target
from bot.domain.topic import TopicId


class CollisionError(Exception):
    """Two units of work waited for each other, and this one was undone so that the other could go on. The same again
    does no harm and may succeed.
    """


class SourceStore(Protocol):
    """What we read."""

    async def add(self, source: NewSource, *, now: datetime) -> Source:
        """Store it, due at once if it is a feed. Raises SourceExistsError where the address is known."""
        ...

    async def find(self, source_id: SourceId) -> Source | None: ...
    async def at(self, address: str) -> Source | None: ...
    async def all(self) -> list[Source]:
        """By id."""
        ...

    async def due(self, now: datetime, *, limit: int) -> list[Source]:
        """Feeds to be read now, never paused ones: longest overdue first, those that failed last time last."""
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let be read in time what was read, or failed, by a clock that was ahead: as long after now as it was to be
        after that. How many.
        """
        ...

    async def save(self, source: Source) -> None:
        """Write what reading it brought: every field but ``is_paused``, ``labels`` and ``pushed_at``, which others set
        meanwhile.
        """
        ...

    async def hold(self, source_id: SourceId) -> Source | None:
        """The source as it is; nobody else who holds it changes it or publishes for it before this unit of work ends.
        None if it was removed.
        """
        ...

    async def pushed(self, source_id: SourceId, at: datetime | None) -> None:
        """Its hub brought news then; None: what it should have brought was found by reading."""
        ...

    async def pause(self, source_id: SourceId) -> None:
        """Read it no more until it is resumed."""
        ...

    async def resume(self, source_id: SourceId, *, now: datetime) -> None:
        """Read a paused source again, at once and as if it had never failed."""
        ...

    async def label(self, source_id: SourceId, labels: tuple[str, ...]) -> None:
        """Keep it under these labels and no others."""
        ...

    async def move(self, source_id: SourceId, address: str) -> bool:
        """Read it from there from now on; False where that is, or was, another source's address: nothing changes."""
        ...

    async def remove(self, source_id: SourceId) -> None:
        """Forget the source and its subscriptions; its articles stay readable."""
        ...


class HubStore(Protocol):
    """Our subscriptions at feeds' hubs."""

    async def offer(self, source_id: SourceId, link: HubLink | None, *, now: datetime) -> None:
        """The source names this hub now, or none: a lease for another one is given up, one for this one stays. A new
        one is due at once, with a token and a secret of its own.
        """
        ...

    async def due(self, now: datetime, *, limit: int) -> list[HubLease]:
        """Leases to be asked for now, longest overdue first; none of paused or removed sources."""
        ...

    async def by_token(self, token: str) -> HubLease | None:
        """The lease with that token, of a source that was not removed."""
        ...

    async def save(self, lease: HubLease) -> None:
        """Write how it stands; one that was given up since stays so."""
        ...


class ArticleStore(Protocol):
    """Texts that sources published."""

    async def known(self, keys: Iterable[str]) -> Mapping[str, Article]:
        """The articles that any of the keys belongs to, by key; also such as are gone."""
        ...

    async def find(self, article_id: ArticleId) -> Article | None: ...
    async def latest(self, *, source_id: SourceId | None = None, limit: int, offset: int = 0) -> list[Article]:
        """Those that came in last first; of one source where given."""
        ...

    async def add(self, article: NewArticle) -> ArticleId:
        """Store it with its keys and make it findable by words. A key that belongs to another article stays there."""
        ...

    async def add_all(self, new: Sequence[NewArticle]) -> list[Filed]:
        """The same for each, in this order, at the cost of few; stories of their own are numbered in this order too."""
        ...

    async def recognise(self, article_id: ArticleId, keys: Iterable[str]) -> None:
        """Know the article by these keys too, as far as they belong to none; by forty keys at most."""
        ...

    async def release(self, keys: Iterable[str]) -> None:
        """Know nothing by these keys any more."""
        ...

    async def correct(
        self,
        article_id: ArticleId,
        draft: Draft,
        *,
        keys: Iterable[str],
        now: datetime,
        page_due_at: datetime | None = None,
    ) -> Article:
        """Replace what its feed says, remember a former title of its own, keep its identity, add keys not known yet,
        and make the new words findable.

        With ``page_due_at`` its page is to be read again; the text that the page gave stays until then. The article as
        it is now.
        """
        ...

    async def pages_due(self, now: datetime, *, limit: int) -> list[Article]:
        """Articles whose page is to be read now: announced ones first, then longest overdue."""
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let the pages be read now of articles that came or changed by a clock that was ahead; how many."""
        ...

    async def complete(self, article_id: ArticleId, page: PageText) -> Article:
        """Keep what the page says, make its words findable; the page need not be read again."""
        ...

    async def page_failed(self, article_id: ArticleId, problem: str, *, again_at: datetime | None) -> None:
        """Note a try that gave no text, why, and when the next one is due. A text that the page gave before stays."""
        ...


class StoryStore(Protocol):
    """Events as readers see them."""

    async def in_turn(self) -> None:
        """Wait for others who are telling stories; nobody begins to before this unit of work is left. So whoever looks
        for what is known finds it.
        """
        ...

    async def open(self, *, now: datetime) -> StoryId:
        """A new story without articles."""
        ...

    async def set_topics(self, story_id: StoryId, matches: Iterable[Match]) -> None:
        """What the story is about and which word said so; replaces what stood there."""
        ...

    async def set_all_topics(self, matches: Mapping[StoryId, Iterable[Match]]) -> None:
        """The same for each story, at the cost of few."""
        ...

    async def topics(self, story_id: StoryId) -> list[Match]: ...
    async def find(self, story_id: StoryId) -> Story | None:
        """The story with articles, tally and the three newest opinions that have words; by the number of a story that
        was merged, the one that tells it now.
        """
        ...

    async def find_all(self, story_ids: Collection[StoryId]) -> Mapping[StoryId, Story]:
        """The same for many at once, by the numbers that were asked for; without those that are not there."""
        ...

    async def latest(
        self, *, topic_id: TopicId | None = None, source_id: SourceId | None = None, limit: int, offset: int = 0
    ) -> list[Story]:
        """Newest first; by topic or source where given."""
        ...

    async def search(self, words: str, *, limit: int, offset: int = 0) -> list[Story]:
        """Stories that hold all the words (the last one may be the beginning of a word), best first among the newest.

        Any text may be given; what means something to the database's own query language means nothing here.
        """
        ...

    async def like_these(self, wanted: Sequence[Likeness], *, not_by: SourceId, limit: int) -> list[list[Article]]:
        """For each, in this order and at the cost of few, articles like that in stories that the source does not tell:
        those with most of the words first, then the newest. Of more than twelve words the first are looked for.
        """
        ...

    async def related(self, story: Story, *, limit: int) -> list[Headline]:
        """Other stories that have two telling words of its title or more, those with most first, then the newest."""
        ...

    async def merge(self, kept: StoryId, gone: StoryId) -> None:
        """Let one story tell all that two told, with the opinions of both: of a person's two the later one. Whoever
        asks for the other finds it, and no channel that has one gets the other.
        """
        ...

    async def split(self, article_id: ArticleId, *, now: datetime) -> StoryId:
        """Let an article be told on its own again, in the story that it was merged from if there is one. Opinions stay
        where they are. Topics are left to the caller.
        """
        ...

    async def was_told(self, story_id: StoryId) -> bool:
        """Whether a story has, or once had, that number."""
        ...

    async def part(self, kept: StoryId, gone: StoryId) -> bool:
        """Undo a merge: ``gone`` tells again what was merged from it into ``kept``. Opinions stay with ``kept``; topics
        are left to the caller. False where there is no such merge (any more): nothing changes.
        """
        ...

    async def count(self) -> int: ...
    async def busiest_topics(self, *, since: datetime) -> Mapping[TopicId, int]:
        """How many stories of each topic were opened since then, most first; topics without any are left out."""
        ...

    async def recent_with_topic(self, topic_id: TopicId, *, since: datetime) -> int:
        """How many stories of the topic were opened since then."""
        ...


class ChannelStore(Protocol):
    """Places we post to."""

    async def meet(self, channel: NewChannel, *, now: datetime) -> Channel:
        """The stored channel for that place, made if there is none; a new title is taken over."""
        ...

    async def find(self, ref: ChannelRef) -> Channel | None: ...
    async def showing(self, story_id: StoryId, *, platform: str, limit: int) -> list[ChannelRef]:
        """Places that several people read and where the story's card stands, those that got it last first."""
        ...

    async def named(self, name: str) -> list[Channel]:
        """Those of that number or that title, by number."""
        ...

    async def latest(self, *, limit: int) -> list[Channel]:
        """Those met last, newest first."""
        ...

    async def numbered(self, channel_id: ChannelId) -> Channel | None: ...
    async def around(self, ref: ChannelRef) -> list[Channel]:
        """The channel of that place, and those of its threads where a place is named; by id."""
        ...

    async def paused(self, platform: str) -> list[Channel]:
        """Those of the platform in which nothing is posted now, by id."""
        ...

    async def pause(self, refs: Sequence[ChannelRef], *, reason: str, loss: Loss, now: datetime) -> list[ChannelId]:
        """Let nothing out in these places and, where a place is named, in its threads, until they are resumed. Which
        ones were open until now. What is in flight goes on.
        """
        ...

    async def resume(self, channel_id: ChannelId, *, now: datetime, most: int | None = None) -> bool:
        """Let posts out again if the channel was paused; whether it was.

        Where more than ``most`` headlines have gathered, these stay held until ``catch_up`` or ``leave_out``, and
        only what is new goes out; None lets all out.
        """
        ...

    async def prefer(self, channel_id: ChannelId, prefers: Prefers) -> None:
        """What the channel wants of posts of unknown outcome, from the next claim on."""
        ...

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        """The place has another id now: channel, receipts and all that refers to it follow."""
        ...


class SubscriptionStore(Protocol):
    """Who wants to be told what."""

    async def add(self, channel_id: ChannelId, target: Target, *, now: datetime) -> tuple[Subscription, bool]:
        """The subscription and whether it is new; asking twice changes nothing."""
        ...

    async def remove(self, channel_id: ChannelId, subscription_id: SubscriptionId) -> Subscription | None:
        """Take it away if it is this channel's; what was taken away."""
        ...

    async def of(self, channel_id: ChannelId) -> list[Subscription]:
        """Oldest first."""
        ...

    async def own_words(self, *, after: SubscriptionId, limit: int) -> list[tuple[SubscriptionId, TopicId]]:
        """Subscriptions to readers' own words that were made after that one, oldest first; 0 is before all.

        Whoever asks after the last one that was told misses none.
        """
        ...

    async def followed(self, topic_ids: Iterable[TopicId]) -> set[TopicId]:
        """Those of the topics that somebody is subscribed to."""
        ...


class DeliveryStore(Protocol):
    """The outbox."""

    async def promise(
        self,
        story_id: StoryId,
        *,
        now: datetime,
        due: datetime | None = None,
        is_breaking: bool = False,
        is_new: bool = False,
    ) -> int:
        """One pending headline for each channel that follows everything, one of the story's topics or one of its
        sources; channels that have the story already, or had, alone or in a digest, get none. One INSERT … SELECT. How
        many were made. They leave at ``due`` if that is later, and others may leave before them; breaking news leaves
        before others. ``is_new``: the story was opened in this unit of work, so that nobody has it.
        """
        ...

    async def hasten(self, story_id: StoryId, *, now: datetime) -> int:
        """Let the story's headlines that nobody has tried to send yet leave now; how many were to leave later."""
        ...

    async def promise_to(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> int:
        """Pending headlines of these stories for one channel, in this order, each at most once ever."""
        ...

    async def refresh(self, story_id: StoryId, *, due: datetime) -> int:
        """The story's cards are to be brought up to date in every channel that shows it.

        While one waits, further wishes join it and keep its earlier due time; one that is just being sent is followed
        by another.
        """
        ...

    async def claim(
        self, platforms: Sequence[str], *, holder: str, limit: int, now: datetime, lease: timedelta
    ) -> list[Claim]:
        """Take due deliveries for sending: breaking news, then notices, other headlines, digests and refreshes, of each
        the oldest first; at most one per channel, none of a channel that has one in flight or is paused. Increases
        ``attempt``.

        But for breaking news, a channel's headlines leave in the order in which they were promised; one that was put
        back holds up those behind it, digests too. A refresh waits until its headline was sent. There may be more than
        was taken.
        """
        ...

    async def settle(self, settled: Sequence[Settled], *, now: datetime) -> None:
        """Write what became of claims. A claim that was settled or taken by another since is left alone; one whose
        lease is merely over is written: what was sent was sent.
        """
        ...

    async def abandoned(self, *, now: datetime, holder: str | None = None) -> list[Claim]:
        """Claims whose lease is over — with ``holder``, also every claim of any other holder (the caller knows that
        those are dead). They stay claimed until settled.
        """
        ...

    async def claimed_in(self, turn: str) -> list[Claim]:
        """What was taken in that turn, by the ``holder`` of the claim, and not settled since; waits for a claim that is
        just being committed.
        """
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let leave now what waits for a time that only a clock can have named that was ahead then: what was put
        back later than now, and what was never tried and is due in more than ten minutes. How many.
        """
        ...

    async def held(self, channel_id: ChannelId) -> int:
        """How many headlines wait that gathered while the channel was paused."""
        ...

    async def catch_up(self, channel_id: ChannelId, *, most: int, now: datetime) -> list[StoryId]:
        """Let the newest of the held headlines out, in their order, and bury the others; the stories of these, newest
        first.
        """
        ...

    async def leave_out(self, channel_id: ChannelId, *, now: datetime, reason: str) -> int:
        """Bury all held headlines for that reason; how many."""
        ...

    async def parked(
        self, channel_id: ChannelId, *, up_to: DeliveryId | None = None, limit: int = 100
    ) -> list[ParkedPost]:
        """The channel's headlines and digests that may or may not have arrived, newest first, up to that one."""
        ...

    async def parked_at(self, at: datetime) -> list[ChannelId]:
        """The channels with headlines or digests that were parked at that very moment and still are, by id."""
        ...

    async def resend(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        """Let the channel's parked posts up to that one be sent again, now; how many. One whose outcome is unknown
        again is parked again.
        """
        ...

    async def leave(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        """Bury the channel's parked posts up to that one; how many."""
        ...

    async def channel_of(self, delivery_id: DeliveryId) -> ChannelId | None:
        """Where it was to go."""
        ...

    async def next_due(self, platforms: Sequence[str]) -> datetime | None:
        """When the earliest delivery is due that nothing in its channel stands before; None when nothing waits but for
        a settling, a promise or a resumed channel.
        """
        ...

    async def counts(self) -> Mapping[DeliveryState, int]:
        """How many rows stand in each state."""
        ...

    async def traces(self, channel_id: ChannelId, story_id: StoryId) -> list[Trace]:
        """What was promised to the channel about the story, or about one that was merged into it: headlines first,
        then digests that it stands in, the oldest first.
        """
        ...

    async def asked_to_wait(self, platform: str, *, now: datetime) -> Mapping[ChannelRef, datetime]:
        """Until when the platform asked us to leave its channels alone, where it did so in the last day and that moment
        is still to come.
        """
        ...

    async def attempts(self, channel_id: ChannelId, *, since: datetime, until: datetime) -> list[Attempt]:
        """What was tried in the channel without arriving and ended between these times, in that order."""
        ...

    async def given_up(self, channel_id: ChannelId, *, since: datetime, limit: int) -> list[GivenUp]:
        """The stories that were tried in the channel and buried since then, the latest first, so many at most."""
        ...

    async def forget_attempts(self, *, before: datetime, limit: int) -> int:
        """Forget so many attempts at most that ended before then, the oldest first; how many those were."""
        ...

    async def queues(self, *, now: datetime) -> list[Queue]:
        """What is not done yet, by platform and state: pending and wanted by now, sending, paused, parked. Empty ones
        are left out. Costs by what waits, not by all that was ever sent.
        """
        ...


class DigestStore(Protocol):
    """Stories that are told together."""

    async def promise(
        self, source_id: SourceId, story_ids: Sequence[StoryId], *, now: datetime, due: datetime | None = None
    ) -> int:
        """One pending digest for each channel that would get any of these stories of the source, newest first, and in
        it those that this channel follows and has not been told of. It leaves at ``due`` if that is later, after the
        headlines that are due. How many were made; the same stories again make none.
        """
        ...

    async def gather(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> DigestId:
        """One digest of these stories, newest first, for one channel that was closed; it leaves after the headlines."""
        ...

    async def find(self, digest_id: DigestId, *, headlines: int) -> Digest | None:
        """The digest with so many of its headlines; None where there is nothing in it (any more)."""
        ...

    async def stories(self, digest_id: DigestId, *, limit: int, offset: int = 0) -> list[Story]:
        """What is in it, newest first."""
        ...


class OpinionStore(Protocol):
    """What people think."""

    async def save(self, opinion: Opinion) -> None:
        """Store or replace this person's opinion on this story; with neither stance nor words it is withdrawn."""
        ...

    async def of_person(self, story_id: StoryId, person: PersonRef) -> Opinion | None: ...
    async def tally(self, story_id: StoryId) -> Tally: ...
    async def with_words(self, story_id: StoryId, *, limit: int, offset: int = 0) -> list[Opinion]:
        """Opinions that have words, newest first."""
        ...


class RequestStore(Protocol):
    """What people sent us."""

    async def is_first(self, platform: str, once: str, *, now: datetime) -> bool:
        """Whether this request is told for the first time; remembers it. For effects that must not happen twice."""
        ...

    async def number(self, phrase: str, *, now: datetime) -> int:
        """A number (≥ 1) that stands for the phrase in buttons; the same phrase has the same as long as it is kept."""
        ...

    async def phrase(self, number: int) -> str | None:
        """What the number stands for."""
        ...


class AtticStore(Protocol):
    """What is old enough to go."""

    async def old_stories(self, before: datetime, *, limit: int) -> list[StoryId]:
        """Stories opened before then in which nothing was told since, oldest first; none that is just being sent."""
        ...

    async def drop_deliveries(self, story_ids: Sequence[StoryId], *, limit: int) -> int:
        """Take away deliveries of these stories, of which there may be thousands each; how many that were. None that is
        just being sent.
        """
        ...

    async def clear(self, story_ids: Sequence[StoryId]) -> None:
        """Take these stories away with their articles, opinions and deliveries, and those that were merged into them.
        What their articles are known by stays: ``ArticleStore.known`` finds them, as gone.
        """
        ...

    async def drop_notices(self, before: datetime, *, limit: int) -> int:
        """Take away notices from before then with their deliveries, oldest first; how many. None that is just being
        sent.
        """
        ...

    async def drop_digests(self, before: datetime, *, limit: int) -> int:
        """Take away digests opened before then with their deliveries, oldest first; how many. None that is just being
        sent.
        """
        ...

    async def old_signs(self, before: datetime, *, windows: int, limit: int) -> list[ArticleId]:
        """Articles that are gone, were first seen before then and have after them more of their source than so many
        times its longest document holds.
        """
        ...

    async def forget(self, article_ids: Sequence[ArticleId]) -> None:
        """Know these articles, which are gone, by nothing any more."""
        ...

    async def drop(self, leftover: Leftover, before: datetime, *, limit: int) -> int:
        """Take away what was left behind before then, oldest first; how much that was."""
        ...


class NoteStore(Protocol):
    """Small facts about this installation."""

    async def read(self, name: str) -> str | None: ...
    async def write(self, name: str, value: str) -> None: ...


class NoticeStore(Protocol):
    """What moderators are told."""

    async def keep(self, channel_id: ChannelId, private_id: ChannelId, *, now: datetime) -> None:
        """Whoever can be told something in that private chat looks after the channel: the last three who did."""
        ...

    async def looks_after(self, channel_id: ChannelId, private_id: ChannelId) -> bool:
        """Whether that private chat is one of those."""
        ...

    async def tell(self, notice: NewNotice, *, now: datetime, due: datetime | None = None) -> int:
        """Store the notice and one delivery for each private chat that it is for; how many. They leave at ``due``.

        Of a channel its keepers are told, of a source the keepers of channels that follow it, and of those that show
        everything to others; that a channel is back is asked in the channel itself where people can answer there. A
        known key, and a notice that is for nobody, store nothing.
        """
        ...

    async def source_is_back(self, source_id: SourceId, notice: NewNotice, *, now: datetime) -> int:
        """Tell those who were told that the source fails; who was to be told and was not yet hears of neither."""
        ...

    async def channel_goes_on(self, channel_id: ChannelId, notice: NewNotice, *, now: datetime) -> int:
        """Tell those who were told that the channel is paused; who was to be told and was not yet hears of neither."""
        ...

    async def find(self, notice_id: NoticeId) -> Notice | None: ...
    async def last(self, kind: NoticeKind, channel_id: ChannelId) -> Notice | None:
        """The newest of that kind about the channel."""
        ...

    async def is_waiting(self, notice_id: NoticeId) -> bool:
        """Whether somebody is still to be told for the first time."""
        ...


class LeaseStore(Protocol):
    """Tasks that one process at a time does. Time is the database's own, whatever each process's clock says."""

    async def take(
        self, task: str, *, holder: str, lasts: timedelta, others_are_dead: bool = False, dead: LeaseSign | None = None
    ) -> Lease | None:
        """A new turn at the task that lasts so long from now on, with the next fence; None while another's goes on,
        unless the others are known to be dead, or whoever holds it still by that sign. It ends whatever turn the holder
        had.
        """
        ...

    async def sign(self, task: str) -> LeaseSign | None:
        """How the task's lease stands; None where it was never taken."""
        ...

    async def renew(self, lease: Lease, *, lasts: timedelta) -> bool:
        """Let this turn last so long from now on; False where it has ended."""
        ...

    async def is_held(self, lease: Lease) -> bool:
        """Whether this turn goes on. Until the unit of work is left, nobody else's can begin."""
        ...

    async def give_back(self, lease: Lease) -> None:
        """End this turn if it still goes on: anybody may begin the next."""
        ...


class Reading(Protocol):
    """A consistent look at everything; whatever it writes is dropped."""

    @property
    def sources(self) -> SourceStore: ...
    @property
    def hubs(self) -> HubStore: ...
    @property
    def articles(self) -> ArticleStore: ...
    @property
    def stories(self) -> StoryStore: ...
    @property
    def channels(self) -> ChannelStore: ...
    @property
    def subscriptions(self) -> SubscriptionStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def digests(self) -> DigestStore: ...
    @property
    def opinions(self) -> OpinionStore: ...
    @property
    def requests(self) -> RequestStore: ...
    @property
    def attic(self) -> AtticStore: ...
    @property
    def notes(self) -> NoteStore: ...
    @property
    def notices(self) -> NoticeStore: ...


class UnitOfWork(Reading, Protocol):
    """Changes that happen together or not at all."""

    @property
    def leases(self) -> LeaseStore: ...

    async def commit(self) -> None:
        """Make it so. Leaving without it undoes everything."""
        ...


class Storage(Protocol):
    """The database."""

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """Look without keeping anybody waiting."""
        ...

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Change something. On a database with one writer, others wait until this one is left; where many write at
        once, what is said within may raise CollisionError.
        """
        ...

    async def close(self) -> None: ...
