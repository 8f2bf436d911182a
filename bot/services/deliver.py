"""Keep the promises of the outbox: claim, send, write down what became of it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.channel import ChannelRef
from bot.domain.delivery import (
    Buried,
    ChannelPaused,
    Claim,
    DeliveryId,
    DeliveryKind,
    Outcome,
    Receipt,
    Sent,
    Settled,
    Waiting,
)
from bot.domain.lease import Lease
from bot.messages.memo import Memo
from bot.messages.post import Post
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.measures import Sending
from bot.ports.platform import (
    ChannelLostError,
    ChatPlatform,
    PostRefusedError,
    SendError,
    TryLaterError,
    UncertainError,
)
from bot.ports.progress import Beat, unheard
from bot.ports.storage import Storage
from bot.services.breaker import Breaker
from bot.services.doubtful import DoubtfulSends
from bot.services.patience import Patience
from bot.services.shown import NothingToShowError, Shown, post_of, shown_by
from bot.services.tell_moderators import tell_restored
from bot.services.write_down import Logbook, Moved

LEASE = timedelta(seconds=90)
"""Longer than any send may take with all the retries inside a platform's library."""

_IDLE_S = 1.0
_BREATH_S = 0.01
"""For what is due and was not given: somebody is just changing it."""
_AGAIN_S = 1.0
"""After which a database that could not be used is tried again."""

_DRAIN_S = 10.0
_MAX_POISONED = 5
_CRASHED = "the process ended while it was being sent"
_NO_END = "it came to no end"
_NEVER_BEGUN = "the database gave no answer when its turn came, and nothing was sent"

_Attempt = Callable[[Claim, Shown], Awaitable[Outcome]]
_Unread = Callable[[Claim, Exception], Outcome]
"""What becomes of a claim whose story cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A claim and the turn in which it was taken."""

    claim: Claim
    lease: Lease


class Deliverer:
    """Sends what is due: at most one at a time in a channel, many channels at once.

    One per process. No transaction is open while the network is waited for. While the database cannot be used, what is
    under way goes on, what arrived is remembered until it can be written down, and nothing new is taken.
    """

    def __init__(
        self,
        storage: Storage,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        events: Events,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._storage = storage
        self._platforms = platforms
        self._clock = clock
        self._events = events
        self._post_of = Memo(post_of)
        self._connected: dict[str, Lease] = {}
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._taken: list[_Held] = []
        """Claimed, perhaps, and not begun: a COMMIT may be done although nobody answered."""
        self._flying: dict[asyncio.Task[None], Claim] = {}
        self._cut: list[Claim] = []
        """Begun by a loop that was ended in the middle, and so of unknown outcome."""
        self._logbook = Logbook(storage, clock, events)
        self._patience = patience or Patience(events)
        self._breakers: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(clock))
        self._doubtful = DoubtfulSends(platforms, clock, self._post_of, self._patience)
        self._poison: Counter[DeliveryId] = Counter()

    def wake(self) -> None:
        """Something may be due now."""
        self._wake.set()

    def stop(self) -> None:
        """Take nothing new; ``run`` ends once what is under way has ended, ten seconds later at the latest."""
        self._is_stopping = True
        self._wake.set()

    async def connect(self, platform: str, lease: Lease) -> int:
        """From now on send on this platform, after deciding about the sends that were left open before this turn.

        Whose turn was before is dead, or has stopped and finds no row of its own any more. Returns how many sends were
        left open. What we know of them ourselves is written down first.
        """
        await self._keep_pauses(platform)
        left = await self._recover(platform, lease)
        await tell_restored(self._storage, now=self._clock.now())
        self._connected[platform] = lease
        self.wake()
        return left

    async def _keep_pauses(self, platform: str) -> None:
        """What the platform asked of whoever sent before us is asked of us."""
        now = self._clock.now()
        async with self._storage.reading() as look:
            pauses = await look.deliveries.asked_to_wait(platform, now=now)
        for channel, until in pauses.items():
            self._platforms[platform].leave_alone(channel, (until - now).total_seconds())

    def disconnect(self, platform: str) -> None:
        """Send nothing more on this platform, at once: what is under way there is cut, and its rows stay claimed."""
        self._connected.pop(platform, None)
        for task, claim in self._flying.items():
            if claim.channel.platform == platform:
                task.cancel()

    async def recover(self, platform: str) -> int:
        """Decide about the platform's claims that nobody works on any more; how many there were."""
        lease = self._connected.get(platform)
        return await self._recover(platform, lease) if lease else 0

    async def _recover(self, platform: str, lease: Lease) -> int:
        await self._logbook.write()  # what we know ourselves need not be guessed
        await self._set_right()
        async with self._storage.reading() as look:
            abandoned = await look.deliveries.abandoned(now=self._clock.now(), holder=lease.turn)
        ours = self._under_way()  # a clock that was set ahead ends leases too early
        there = {claim.id: claim for claim in (*abandoned, *self._cut) if claim.channel.platform == platform}
        left = [claim for claim in there.values() if claim.id not in ours]
        if left:
            shown = await self._readable(left, self._crashed_unread)
            for claim in left:
                if claim.id in shown:
                    outcome = await self._guarded(claim, shown[claim.id], self._after_crash)
                    self._logbook.note(Settled(claim=claim, outcome=outcome))
                await self._logbook.write()
            self._cut = [claim for claim in self._cut if claim.id not in there]
            self._events.note("deliveries recovered", platform=platform, count=len(left))
        return len(left)

    async def _set_right(self) -> None:
        """Where the clock was set back, let nothing wait for what it said before."""
        async with self._storage.writing() as work:
            if count := await work.deliveries.set_right(now=self._clock.now()):
                await work.commit()
                self._events.warn("the clock was set back", deliveries=count)

    def _under_way(self) -> AbstractSet[DeliveryId]:
        """What this process itself is sending, or knows the outcome of."""
        held = (*(one.claim for one in self._taken), *self._flying.values())
        return {claim.id for claim in held} | self._logbook.unwritten

    async def run(self, beat: Beat = unheard) -> None:
        """Deliver until ``stop``. Cancelling it cuts what is under way.

        ``beat`` is not called while sends of a connected platform hang, whatever else gets on.
        """
        self._patience.begin_again()
        writer = asyncio.create_task(self._logbook.keep(self.wake))
        trouble: str | None = None
        try:
            while not self._is_stopping:
                if not self._patience.is_lost(self._connected):
                    beat(trouble)
                self._wake.clear()
                trouble = await self._go_on(trouble)
            if self._flying:
                await asyncio.wait(self._flying, timeout=_DRAIN_S)
        finally:
            for task, claim in self._flying.items():
                task.cancel()
                self._cut.append(claim)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self._logbook.write()

    async def _go_on(self, trouble: str | None) -> str | None:
        """Send what is due, or wait until something is; what keeps us from it. ``trouble`` was told already."""
        try:
            if not self._logbook.is_behind:
                claims = await self._claim()
                await self._launch(claims)
                if not claims:
                    await self._rest()
                return None
        except Exception as error:  # noqa: BLE001  # whatever it is: what is under way must not be cut
            if trouble is None:
                self._events.trouble("outbox out of reach", error)
        await self._pause(_AGAIN_S)
        return "The database cannot be used; nothing new is sent until it can."

    async def deliver_due(self) -> int:
        """Send what is due now and return once it is written down; how many rows were claimed."""
        claims = await self._claim()
        await self._launch(claims)
        if self._flying:
            await asyncio.wait(self._flying)
        await self._logbook.write()
        return len(claims)

    async def _claim(self) -> list[_Held]:
        if self._taken:
            await self._let_go()
        open_to = [lease for lease in self._connected.values() if self._room(lease.task)]
        if not open_to:
            return []
        held: list[_Held] = []
        async with self._storage.writing() as work:
            for lease in open_to:
                if await work.leases.is_held(lease):
                    claims = await work.deliveries.claim(
                        (lease.task,),
                        holder=lease.turn,
                        limit=self._room(lease.task),
                        now=self._clock.now(),
                        lease=LEASE,
                    )
                    held += [_Held(claim=claim, lease=lease) for claim in claims]
            if held:
                self._taken = held
                await work.commit()
        for platform, count in Counter(one.claim.channel.platform for one in held).items():
            self._breakers[platform].began(count)
        return held

    async def _let_go(self) -> None:
        """Put back what was claimed without our hearing of it. Nothing of it has left, so nothing is uncertain."""
        ours = {one.claim.id for one in self._taken}
        now = self._clock.now()
        async with self._storage.writing() as work:
            for turn in sorted({one.lease.turn for one in self._taken}):
                claims = await work.deliveries.claimed_in(turn)
                unbegun = [_unbegun(claim, now=now) for claim in claims if claim.id in ours]
                await work.deliveries.settle(unbegun, now=now)
            await work.commit()
        self._taken = []

    def _room(self, platform: str) -> int:
        """How many more sends may be under way there."""
        flying = sum(claim.channel.platform == platform for claim in self._flying.values())
        return self._breakers[platform].lets_through(self._platforms[platform].limits.in_flight - flying)

    async def _shown_by(self, claims: Sequence[Claim]) -> Mapping[DeliveryId, Shown]:
        if not claims:
            return {}
        async with self._storage.reading() as look:
            return await shown_by(look, claims)

    async def _launch(self, held: Sequence[_Held]) -> None:
        """Begin to send what was claimed, unless the turn in which it was claimed ended meanwhile."""
        shown = await self._readable([one.claim for one in held], self._failed)
        self._taken = []
        for one in held:
            claim, platform = one.claim, one.claim.channel.platform
            if claim.id not in shown:
                continue
            if self._connected.get(platform) == one.lease:
                task = asyncio.create_task(self._deliver(claim, shown[claim.id]))
                self._flying[task] = claim
                task.add_done_callback(self._flying.pop)
            else:
                self._logbook.note(_unbegun(claim, now=self._clock.now()))

    async def _readable(self, claims: Sequence[Claim], unread: _Unread) -> Mapping[DeliveryId, Shown | None]:
        """What each is to show, None where that is no longer there; what cannot be read is noted as ``unread`` says,
        and holds up no other.
        """
        try:
            shown = await self._shown_by(claims)
        except Exception as error:  # noqa: BLE001  # one odd story must not stop the others
            return await self._readable_apart(claims, unread, error)
        return {claim.id: shown.get(claim.id) for claim in claims}

    async def _readable_apart(
        self, claims: Sequence[Claim], unread: _Unread, error: Exception
    ) -> Mapping[DeliveryId, Shown | None]:
        shown: dict[DeliveryId, Shown | None] = {}
        for number, claim in enumerate(claims):
            if len(claims) == 1 or (not shown and number >= _MAX_POISONED):  # then it is the database that is odd
                self._logbook.note(Settled(claim=claim, outcome=unread(claim, error)))
            else:
                shown |= await self._readable([claim], unread)
        return shown

    async def _deliver(self, claim: Claim, shown: Shown | None) -> None:
        waited, began = self._clock.now() - claim.wanted_at, self._clock.monotonic()
        outcome = await self._guarded(claim, shown, self._show)
        self._events.measure(
            Sending(
                platform=claim.channel.platform,
                kind=claim.kind,
                outcome=type(outcome).__name__.strip("_").lower(),
                took_s=self._clock.monotonic() - began,
                waited_s=waited.total_seconds() if claim.attempt == 1 else None,
            )
        )
        if isinstance(outcome, Sent):
            self._poison.pop(claim.id, None)
        else:
            self._events.note(
                "delivery not sent",
                delivery=claim.id,
                platform=claim.channel.platform,
                channel=claim.channel.id,
                outcome=type(outcome).__name__.strip("_"),
                reason=outcome.reason,
            )
        self._logbook.note(Settled(claim=claim, outcome=outcome))

    async def _rest(self) -> None:
        """Wait until something is due that there is room for, at most a second: others write to the outbox too."""
        due: datetime | None = None
        if open_to := tuple(filter(self._room, self._connected)):
            async with self._storage.reading() as look:
                due = await look.deliveries.next_due(open_to)
        wait_s = _IDLE_S if due is None else (due - self._clock.now()).total_seconds()
        await self._pause(min(max(wait_s, _BREATH_S), _IDLE_S))

    async def _pause(self, seconds: float) -> None:
        """Let that much time pass, or less where something may have changed."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        waking = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waking.cancel()

    async def _show(self, claim: Claim, shown: Shown) -> Outcome:
        platform = self._platforms[claim.channel.platform]
        if claim.kind is not DeliveryKind.REFRESH:
            post = self._post_of(shown)
            left = await self._doubtful.left_behind(claim, shown)
            receipt = left or await self._send(platform, claim, post)
        elif claim.receipt is None or not claim.receipt.message_ids:
            return Sent(receipt=None)
        else:
            editing = platform.edit(claim.receipt, self._post_of(shown))
            receipt = await self._patience.ended(platform.name, editing, otherwise=UncertainError(_NO_END))
        self._breakers[platform.name].answered()
        return Sent(receipt=receipt)

    async def _send(self, platform: ChatPlatform, claim: Claim, post: Post) -> Receipt:
        """The receipt. A send that breaks without an answer of the platform may have broken after the post left."""
        try:
            sending = platform.send(claim.channel, post, once=claim.once)
            return await self._patience.ended(platform.name, sending, otherwise=UncertainError(_NO_END))
        except SendError:
            raise
        except Exception as error:
            self._events.trouble("delivery failed", error, delivery=claim.id)
            raise UncertainError("it failed on our side") from error

    async def _after_crash(self, claim: Claim, shown: Shown) -> Outcome:
        """A process died between taking the claim and writing down what became of it."""
        return await self._doubtful.decided(claim, shown, reason=_CRASHED)

    def _crashed_unread(self, claim: Claim, error: Exception) -> Outcome:
        self._events.trouble("delivery failed", error, delivery=claim.id)
        return self._doubtful.unread(claim, reason=_CRASHED)

    async def _guarded(self, claim: Claim, shown: Shown | None, attempt: _Attempt) -> Outcome:
        """What became of the attempt; every failure is an outcome."""
        if shown is None:
            return Buried(reason="the story is no longer there")
        try:
            outcome = await attempt(claim, shown)
        except NothingToShowError as error:
            return Buried(reason=str(error))
        except SendError as error:
            if self._breakers[claim.channel.platform].failed(error):
                self._events.warn("platform answers nothing, left alone", platform=claim.channel.platform)
            return await self._refused(claim, shown, error)
        except Exception as error:  # noqa: BLE001  # one odd story must not stop the others
            return self._failed(claim, error)
        return outcome

    def _failed(self, claim: Claim, error: Exception) -> Outcome:
        """What to do with one that fails before it leaves, by a fault of ours."""
        self._events.trouble("delivery failed", error, delivery=claim.id)
        self._poison[claim.id] += 1  # the attempts would not do: most of them wait for a platform
        failures = self._poison[claim.id]
        if failures >= _MAX_POISONED:
            del self._poison[claim.id]
            return Buried(reason=f"it failed on our side {failures} times")
        return Waiting(not_before=self._clock.now() + timedelta(seconds=2**failures), reason="it failed on our side")

    async def _refused(self, claim: Claim, shown: Shown, error: SendError) -> Outcome:
        now = self._clock.now()
        match error:
            case TryLaterError(wait_s=wait_s, limit=limit):
                return Waiting(not_before=now + timedelta(seconds=wait_s), reason=str(error), limit=limit)
            case ChannelLostError(moved_to=ChannelRef() as new):
                return Moved(not_before=now, reason=str(error), to=new)
            case ChannelLostError(loss=loss):
                return ChannelPaused(reason=str(error), loss=loss)
            case PostRefusedError(by_rules=by_rules):
                return Buried(reason=str(error), by_rules=by_rules)
            case UncertainError():
                return await self._guarded(
                    claim, shown, lambda held, told: self._doubtful.decided(held, told, reason=str(error))
                )
            case _:
                return Waiting(not_before=now + timedelta(seconds=30), reason=str(error))


def _unbegun(claim: Claim, *, now: datetime) -> Settled:
    """Back, and due at once."""
    return Settled(claim=claim, outcome=Waiting(not_before=now, reason=_NEVER_BEGUN))
