"""Which handler answers what."""

from collections.abc import Awaitable, Callable

from bot.commands import asking_why, editing, following, helping, moderating, opining, reading
from bot.commands.house import House
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Command, Press, Submission

CommandHandler = Callable[[House, Command], Awaitable[Answer]]
PressHandler = Callable[[House, Press, Action], Awaitable[Answer]]
SubmissionHandler = Callable[[House, Submission, Action], Awaitable[Answer]]

COMMAND_HANDLERS: dict[str, CommandHandler] = {
    "start": helping.greet,
    "headlines": reading.show_headlines,
    "story": reading.show_story,
    "sources": editing.show_sources,
    "search": reading.show_search,
    "topics": following.show_topics,
    "subscribe": following.subscribe,
    "unsubscribe": following.unsubscribe,
    "subscriptions": following.list_subscriptions,
    "opinion": opining.opine,
    "opinions": opining.show_opinions,
    "why": asking_why.ask_why,
    "settings": moderating.show_settings,
    "help": helping.show_help,
}

PRESS_HANDLERS: dict[Verb, PressHandler] = {
    Verb.READ: reading.press_read,
    Verb.TURN: reading.press_turn,
    Verb.SOURCES: editing.press_sources,
    Verb.SPLIT: editing.press_split,
    Verb.JOIN: editing.press_join,
    Verb.PART: editing.press_part,
    Verb.OPINIONS: opining.press_opinions,
    Verb.OPINE: opining.press_opine,
    Verb.LEAF: opining.press_leaf,
    Verb.FAVOUR: opining.press_stance,
    Verb.OPPOSE: opining.press_stance,
    Verb.MIX: opining.press_stance,
    Verb.LATEST: reading.press_latest,
    Verb.HEADLINES: reading.press_headlines,
    Verb.SEARCH: reading.press_search,
    Verb.DIGEST: reading.press_digest,
    Verb.BROWSE: reading.press_browse,
    Verb.CATALOGUE: following.press_catalogue,
    Verb.TOPICS: following.press_topics,
    Verb.SUBSCRIBE: following.press_subscribe,
    Verb.UNSUBSCRIBE: following.press_unsubscribe,
    Verb.SUBSCRIPTIONS: following.press_subscriptions,
    Verb.RESEND: moderating.press_resend,
    Verb.LEAVE: moderating.press_leave,
    Verb.CATCH_UP: moderating.press_catch_up,
    Verb.FROM_NOW: moderating.press_from_now,
    Verb.TRY_AGAIN: moderating.press_try_again,
    Verb.NOTED: moderating.press_noted,
    Verb.PREFER: moderating.press_prefer,
    Verb.HELP: helping.press_help,
}

SUBMISSION_HANDLERS: dict[Verb, SubmissionHandler] = {Verb.OPINE: opining.submit_opinion}
