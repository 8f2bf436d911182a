"""Request in, answer out: the one door for adapters."""

import difflib
from dataclasses import replace

from bot.commands.house import House
from bot.commands.routes import COMMAND_HANDLERS, PRESS_HANDLERS, SUBMISSION_HANDLERS
from bot.commands.suggesting import suggest
from bot.commands.table import COMMANDS, STORY_OPTION
from bot.domain.channel import ChannelKind
from bot.domain.errors import NewsbotError
from bot.messages.action import Action, Unreadable, Verb
from bot.messages.exchange import (
    Answer,
    Command,
    Press,
    Request,
    Scene,
    Show,
    Submission,
    Suggest,
    Suggestions,
    Toast,
)
from bot.messages.form import Form
from bot.messages.menu import CommandSpec
from bot.ports.events import Events
from bot.ports.measures import Answering
from bot.views import notices
from bot.views.opinions import opinion_form


class NewsDesk:
    """Answers every request; keeps nothing between two of them."""

    def __init__(self, house: House, events: Events) -> None:
        self._house = house
        self._events = events

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        """Every command, in menu order."""
        return COMMANDS

    def form_for(self, action: Action) -> Form | None:
        """The form that this action opens, known at once; None: ``answer`` it."""
        return opinion_form(action) if action.verb is Verb.OPINE else None

    async def answer(self, request: Request) -> Answer:
        """Every request has an answer; what went wrong is told kindly and never raised."""
        began = self._house.clock.monotonic()
        answer = await self._answered(request)
        self._events.measure(
            Answering(
                platform=request.scene.channel.platform,
                request=type(request).__name__.lower(),
                took_s=self._house.clock.monotonic() - began,
            )
        )
        return answer

    async def _answered(self, request: Request) -> Answer:
        try:
            return await self._handle(request)
        except NewsbotError as error:
            return _told(request, str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, the person gets a word and the others go on
            self._events.trouble("request failed", error, kind=type(request).__name__)
            return _told(request, notices.TROUBLE)

    async def _handle(self, request: Request) -> Answer:
        match request:
            case Command():
                return await self._command(request)
            case Press():
                return await self._press(request)
            case Submission():
                return await self._submission(request)
            case Suggest():
                return await suggest(self._house, request)

    async def _command(self, command: Command) -> Answer:
        await self._note_where(command.scene)
        handler = COMMAND_HANDLERS.get(command.name)
        if handler is None:
            near = difflib.get_close_matches(command.name, COMMAND_HANDLERS, n=1)
            return Show(post=notices.sorry(notices.no_such_command(command.name, near[0] if near else None)))
        return await handler(self._house, _about_its_card(command))

    async def _note_where(self, scene: Scene) -> None:
        """Whoever speaks to us somewhere shows that posts may be let in there, and so in private with that person."""
        await self._house.doors.heard_from(scene.channel, may_post=scene.may_post)
        alone = self._house.private_chat(scene.person.ref) if scene.kind is ChannelKind.PRIVATE else None
        if alone and alone != scene.channel:
            await self._house.doors.heard_from(alone, may_post=scene.may_post)

    async def _press(self, press: Press) -> Answer:
        match press.action:
            case Unreadable() as unreadable:
                return Toast(text=_unreadable(unreadable))
            case Action() as action:
                return await PRESS_HANDLERS[action.verb](self._house, press, action)

    async def _submission(self, submission: Submission) -> Answer:
        match submission.action:
            case Unreadable() as unreadable:
                return Show(post=notices.sorry(_unreadable(unreadable)))
            case Action() as action if action.verb in SUBMISSION_HANDLERS:
                return await SUBMISSION_HANDLERS[action.verb](self._house, submission, action)
            case Action():
                return Show(post=notices.sorry(notices.NOT_OURS))


def _about_its_card(command: Command) -> Command:
    """A command about a story that was typed in reply to a story's card, without saying which, is about that one."""
    about, spec = command.about, next(spec for spec in COMMANDS if spec.name == command.name)
    takes_story = any(option.name == STORY_OPTION for option in spec.options)
    if about is None or about.verb is not Verb.READ or not takes_story or command.arguments.get(STORY_OPTION):
        return command
    return replace(command, arguments={**command.arguments, STORY_OPTION: str(about.subject)})


def _unreadable(unreadable: Unreadable) -> str:
    return notices.OTHER_VERSION if unreadable.is_other_version else notices.NOT_OURS


def _told(request: Request, sentence: str) -> Answer:
    """The sentence in the form that suits the request."""
    match request:
        case Press():
            return Toast(text=sentence[:200])
        case Suggest():
            return Suggestions(items=())
        case Command() | Submission():
            return Show(post=notices.sorry(sentence))
