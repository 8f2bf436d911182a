"""The family of errors that carry a sentence for a person."""


class NewsbotError(Exception):
    """Something a person can be told: ``str(error)`` says what happened and what to do, in words without jargon."""


class UnknownStoryError(NewsbotError):
    """No story has that number, or nothing matches those words."""


class UnknownArticleError(NewsbotError):
    """No article has that number."""


class UnknownChannelError(NewsbotError):
    """No channel has that number, address or title, or several have that title."""


class StoryEditError(NewsbotError):
    """There is nothing to be merged or split."""


class UnknownSourceError(NewsbotError):
    """No source has that number or address."""


class SourceExistsError(NewsbotError):
    """The source is already being read."""


class NotAllowedError(NewsbotError):
    """The person may not do this here; the sentence says who may."""


class OpinionError(NewsbotError):
    """The opinion cannot be taken as it is: empty, too long, or nothing left after cleaning."""


class SearchError(NewsbotError):
    """The search has no words in it."""


class BusyError(NewsbotError):
    """What is asked for cannot be looked up or noted at present."""
