"""What one person waits to see after saying, pressing or sending something."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from adapters.sandbox.telegram.message import Key
from adapters.sandbox.telegram.updates import Update

Answers = Callable[[int, Key], bool]

FIRST_ANSWER_S = 3.0
IN_ALL_S = 5.0
# How long after an answer what comes next still counts as part of it.
MOMENT_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What answerCallbackQuery told the person's client."""

    text: str = ""
    url: str = ""


class Watch:
    """Collects what changes for one person in some chats, from now on."""

    def __init__(self, user: int, chats: frozenset[int], *, is_answer: Answers | None = None) -> None:
        self.user = user
        self.chats = chats
        self._is_answer = is_answer
        self.changed: dict[tuple[int, Key], None] = {}
        self.update: Update | None = None
        self.reply: Reply | None = None
        self._first_at: float | None = None
        self._answered = asyncio.Event()
        self._stirred = asyncio.Event()

    @property
    def first_answer_ms(self) -> float | None:
        """From handing over the event to the first answer, None while there is none."""
        handed = self.update.handed if self.update else None
        if handed is None or self._first_at is None:
            return None
        return round((self._first_at - handed) * 1000, 3)

    def see(self, chat: int, key: Key) -> None:
        """Something appeared or changed for this person."""
        if chat in self.chats:
            self.changed[chat, key] = None
            self._stirred.set()
            if self.counts(chat, key):
                self.answer()

    def answer(self, reply: Reply | None = None) -> None:
        """The bot gave an answer; the first one counts."""
        self.reply = self.reply or reply
        if self._first_at is None:
            self._first_at = asyncio.get_running_loop().time()
            self._answered.set()

    def counts(self, chat: int, key: Key) -> bool:
        """Whether this message is an answer to what the person did."""
        return self._is_answer is not None and self._is_answer(chat, key)

    async def until_answered(self) -> None:
        """Until the bot answered a press and showed what it promised by that: 3 s at most."""
        await _wait(self._answered, FIRST_ANSWER_S)
        if self._first_at is None:
            return
        if not self.changed and not (self.reply and (self.reply.text or self.reply.url)):
            await _wait(self._stirred, FIRST_ANSWER_S)
        await asyncio.sleep(MOMENT_S)

    async def until_quiet(self) -> None:
        """Until the person was answered and nothing more came for a moment: 3 s for the first, 5 s in all."""
        loop = asyncio.get_running_loop()
        end = loop.time() + IN_ALL_S
        await _wait(self._answered, FIRST_ANSWER_S)
        while self._stirred.is_set() and loop.time() < end:
            self._stirred.clear()
            await _wait(self._stirred, MOMENT_S)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


class Watches:
    """All who wait now."""

    def __init__(self) -> None:
        self._of: dict[int, set[Watch]] = {}

    @contextmanager
    def watching(self, user: int, *chats: int, is_answer: Answers | None = None) -> Iterator[Watch]:
        """Watch these chats until the block ends; ``is_answer`` tells which new or changed messages are meant."""
        watch = Watch(user, frozenset(chats), is_answer=is_answer)
        self._of.setdefault(user, set()).add(watch)
        try:
            yield watch
        finally:
            self._of[user].discard(watch)

    def of(self, user: int) -> set[Watch]:
        return self._of.get(user, set())
