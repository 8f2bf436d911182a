"""A desk that remembers what it was asked and answers what it was told to."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping

from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Ask, Press, Request, Toast
from bot.messages.form import Form
from bot.messages.menu import CommandSpec

Answering = Callable[[Request], Awaitable[Answer]]


class FakeDesk:
    """Implements ``Desk``.

    Requests are in ``requests``, in the order in which they came. Answers are taken from the queue, each an answer or a
    function that makes one; when it is empty, everything is answered with the toast "nothing queued". A press that
    opens a form is answered with the form and is no request.
    """

    def __init__(
        self,
        *answers: Answer | Answering,
        commands: Iterable[CommandSpec] = (),
        forms: Mapping[Verb, Form] | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.answers: deque[Answer | Answering] = deque(answers)
        self.forms = dict(forms or {})
        self._commands = tuple(commands)
        self._came = asyncio.Condition()

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        return self._commands

    def form_for(self, action: Action) -> Form | None:
        return self.forms.get(action.verb)

    async def answer(self, request: Request) -> Answer:
        match request:
            case Press(action=Action() as action) if form := self.form_for(action):
                return Ask(form=form)
        self.requests.append(request)
        async with self._came:
            self._came.notify_all()
        answer = self.answers.popleft() if self.answers else Toast(text="nothing queued")
        return await answer(request) if callable(answer) else answer

    def will(self, *answers: Answer | Answering) -> None:
        """Queue what is answered next."""
        self.answers.extend(answers)

    async def asked(self, count: int = 1) -> list[Request]:
        """All requests, as soon as there are that many."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) >= count)
        return self.requests
