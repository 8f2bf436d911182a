"""Interactions: what a person did, the bot's answers to it, and what of them the person sees."""

import asyncio
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.contract import Clock
from adapters.sandbox.discord.archive import Entry
from adapters.sandbox.discord.refusals import already_answered, expired_token, unknown_interaction, unknown_webhook

FIRST_ANSWER_WITHIN_S, TOKEN_LIVES_S = 3.0, 900.0

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5


@dataclass(slots=True, eq=False)
class Watch:
    """What one person waits for after doing something.

    ``answered`` is set by the first answer, ``complete`` when what that answer promised has come too.
    """

    started: float = field(default_factory=time.perf_counter)
    first_ms: float | None = None
    form: dict[str, Any] | None = None
    choices: list[dict[str, Any]] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, entry: Entry, *, is_own: bool = False) -> None:
        """The message appeared or changed; ``is_own`` says that it answers what this person did."""
        self.entries[entry.id] = entry
        if is_own:
            self.own.add(entry.id)

    def seen(self) -> list[Entry]:
        """What changed, oldest first; what answers this person comes last."""
        return sorted(self.entries.values(), key=lambda entry: (entry.id in self.own, int(entry.id)))

    def note_first(self) -> None:
        """The bot's first answer of any kind has come."""
        self.first_ms = round((time.perf_counter() - self.started) * 1000, 3)


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """One thing that a person did, and how far the bot got with its answer.

    ``callback`` is the type of the first answer, None before it; ``original`` what @original stands for.
    """

    id: str
    token: str
    kind: int
    person: str
    channel_id: str
    at: float
    watch: Watch
    source: Entry | None = None
    spoken: Entry | None = None
    callback: int | None = None
    original: Entry | None = None
    followups: dict[str, Entry] = field(default_factory=dict)


class Interactions:
    """The interactions of the last fifteen minutes, by their tokens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_token: dict[str, Interaction] = {}
        self._order: deque[Interaction] = deque()

    def open(self, **facts: Any) -> Interaction:
        """A new interaction with a token of its own."""
        interaction = Interaction(token=secrets.token_urlsafe(48), at=self._clock(), **facts)
        self._by_token[interaction.token] = interaction
        self._order.append(interaction)
        while self._order[0].at < interaction.at - 2 * TOKEN_LIVES_S:
            del self._by_token[self._order.popleft().token]
        return interaction

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """The interaction for its first answer; raises 10062 when unknown or late, 40060 when it has been answered."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown_interaction()
        if interaction.callback is not None:
            raise already_answered()
        if self._clock() - interaction.at > FIRST_ANSWER_WITHIN_S:
            raise unknown_interaction()
        return interaction

    def to_follow_up(self, token: str) -> Interaction:
        """The interaction for anything after its first answer; raises 10015 before that, 50027 after 15 minutes."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.callback is None:
            raise unknown_webhook()
        if self._clock() - interaction.at > TOKEN_LIVES_S:
            raise expired_token()
        return interaction
