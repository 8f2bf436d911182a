"""Do a task only while it is this process's turn, and stop before the turn can be another's."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bot.domain.lease import Lease, LeaseSign
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.progress import Beat, unheard
from bot.ports.storage import Storage

_T = TypeVar("_T")

Work = Callable[[Lease], Awaitable[None]]
"""Goes on for as long as the turn does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How long a lease lasts, how often it is renewed, and how often those who stand by ask for it.

    A holder that cannot renew stops ``margin_s`` before the lease ends. Another holds it at the latest when a lease and
    one asking have passed after the holder's death.
    """

    lasts_s: float = 10.0
    renewed_every_s: float = 2.0
    asked_every_s: float = 1.0
    margin_s: float = 1.0


_FOR_EVER = timedelta(days=36_500)
_LAST_STATEMENT_S = 5.0


class LeaseKeeper:
    """Takes and renews the leases of one process. ``is_alone``: no other process can use the database.

    ``standing_by`` are the tasks that another process does now, ``held`` those that are ours, with their fences.
    """

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        events: Events,
        *,
        holder: str,
        is_alone: bool,
        tempo: Tempo | None = None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._events = events
        self._holder = holder
        self._is_alone = is_alone
        self._tempo = tempo or Tempo()
        self._lasts = _FOR_EVER if is_alone else timedelta(seconds=self._tempo.lasts_s)
        self.standing_by: set[str] = set()
        self.held: dict[str, int] = {}

    async def while_held(
        self,
        task: str,
        work: Work,
        *,
        stop: Callable[[], None] = lambda: None,
        passed: Callable[[], None] = lambda: None,
        beat: Beat = unheard,
    ) -> None:
        """Do the work in each of our turns, until it ends by itself, fails or we are cancelled.

        Where a turn cannot be relied on any longer, ``stop`` is called before anything that waited can go on, however
        long this process was frozen; then the work is cancelled. ``stop`` is called at every other end too, ``beat``
        while we stand by, and ``passed`` whenever the turn is found to be another's.
        """
        while True:
            begun_at, lease = await self._taken(task, passed, beat)
            self._events.note("lease taken", task=task, fence=lease.fence)
            self.held[task] = lease.fence
            turn = _Turn(lease, work, stop)
            try:
                if not self._is_alone:
                    turn.goes_on_until(begun_at + self._reliable_s)
                    turn.renewing = asyncio.create_task(self._renew(turn))
                is_done = await turn.ended()
            finally:
                del self.held[task]
                await turn.close()
                await self._give_back(lease)
            if is_done:
                return
            self._events.warn("lease lost", task=task, fence=lease.fence)

    @property
    def _reliable_s(self) -> float:
        return self._tempo.lasts_s - self._tempo.margin_s

    async def _taken(self, task: str, passed: Callable[[], None], beat: Beat) -> tuple[float, Lease]:
        """The lease once it is ours, and the loop's time at which it was certainly not ours yet."""
        has_trouble = False
        silence = _Silence(self._tempo.lasts_s)
        while True:
            asked_at = asyncio.get_running_loop().time()
            try:
                lease, sign = await _whole(self._take(task, silence.dead(asked_at)))
            except Exception as error:  # noqa: BLE001  # the database may be back in a moment
                if not has_trouble:
                    self._events.trouble("lease not taken", error, task=task)
                has_trouble = True
            else:
                if lease:
                    self.standing_by.discard(task)
                    return asked_at, lease
                self._stand_by(task)
                silence.heard(sign, asked_at)
                passed()
            beat()
            await self._clock.sleep(self._tempo.asked_every_s)

    def _stand_by(self, task: str) -> None:
        if task not in self.standing_by:
            self._events.note("standing by", task=task)
        self.standing_by.add(task)

    async def _renew(self, turn: "_Turn") -> None:
        """Until the turn is another's or at its end."""
        while True:
            await self._clock.sleep(self._tempo.renewed_every_s)
            asked_at = asyncio.get_running_loop().time()
            try:
                is_ours = await _whole(self._renewed(turn.lease))
            except Exception as error:  # noqa: BLE001  # the database may be back before the turn ends
                self._events.warn("lease not renewed", task=turn.lease.task, reason=type(error).__name__)
            else:
                if not is_ours:
                    turn.lose()
                    return
                turn.goes_on_until(asked_at + self._reliable_s)

    async def _take(self, task: str, dead: LeaseSign | None) -> tuple[Lease | None, LeaseSign | None]:
        """The lease, or how another's stands."""
        async with self._storage.writing() as work:
            lease = await work.leases.take(
                task, holder=self._holder, lasts=self._lasts, others_are_dead=self._is_alone, dead=dead
            )
            sign = None if lease else await work.leases.sign(task)
            await work.commit()
        return lease, sign

    async def _renewed(self, lease: Lease) -> bool:
        async with self._storage.writing() as work:
            is_ours = await work.leases.renew(lease, lasts=self._lasts)
            await work.commit()
        return is_ours

    async def _give_back(self, lease: Lease) -> None:
        try:
            async with self._storage.writing() as work:
                await work.leases.give_back(lease)
                await work.commit()
        except Exception as error:  # noqa: BLE001  # it runs out by itself
            self._events.warn("lease not given back", task=lease.task, reason=type(error).__name__)


class _Silence:
    """How long another's lease has stayed as it is, by this process's own clock.

    One that is alive renews it, and stops as soon as it cannot. So whoever was silent for as long as a lease lasts is
    dead, even if the lease ends tomorrow, because the database's clock was set back since.
    """

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._sign: LeaseSign | None = None
        self._since = 0.0

    def heard(self, sign: LeaseSign | None, time: float) -> None:
        """It stood so then."""
        if sign != self._sign:
            self._sign, self._since = sign, time

    def dead(self, time: float) -> LeaseSign | None:
        """By what sign whoever is dead holds it."""
        return self._sign if self._sign and time - self._since >= self._lasts_s else None


class _Turn:
    """Work that goes on for as long as a lease can be relied on.

    Its end is a timer's own callback and no task: when a process was frozen, the timers that have passed meanwhile are
    called before any task takes its next step.
    """

    def __init__(self, lease: Lease, work: Work, stop: Callable[[], None]) -> None:
        self.lease = lease
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._working = asyncio.ensure_future(work(lease))
        self._end: asyncio.TimerHandle | None = None
        self._is_lost = False
        self.renewing: asyncio.Task[None] | None = None

    def goes_on_until(self, time: float) -> None:
        """At that time of the loop it is lost, unless this is said again."""
        if self._end:
            self._end.cancel()
        if not self._is_lost:
            self._end = self._loop.call_at(time, self.lose)

    def lose(self) -> None:
        """It is not ours any more."""
        self._is_lost = True
        self._stop()
        self._working.cancel()

    async def ended(self) -> bool:
        """Whether the work came to its own end; False where the turn was lost. Raises what the work raised."""
        await asyncio.wait([self._working])
        if self._is_lost:
            return False
        await self._working
        return True

    async def close(self) -> None:
        """Nothing of it goes on."""
        if self._end:
            self._end.cancel()
        self._stop()
        tasks = [task for task in (self._working, self.renewing) if task]
        for task in tasks:
            if not task.cancelling():  # one that cleans up already would be cut in the middle of that
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _whole(statement: Coroutine[Any, Any, _T]) -> _T:
    """What it says, and where we are cancelled meanwhile, its end first: a connection that is cut is thrown away."""
    saying = asyncio.ensure_future(statement)
    try:
        return await asyncio.shield(saying)
    except asyncio.CancelledError:
        await asyncio.wait([saying], timeout=_LAST_STATEMENT_S)
        raise
