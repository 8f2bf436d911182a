"""What follows from an article's words alone, so that it can be worked out where nobody waits for it."""

from dataclasses import dataclass

from bot.domain.matching import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the words of one draft come to, whoever asks and whenever.

    ``language`` as ``language_of`` tells it; ``title`` and ``words`` as ``findable`` does; ``matches`` are the topics
    of the catalogue that they speak of. ``terms`` are those of ``terms_of``, None where nobody has asked for them yet.
    """

    language: str | None
    title: str
    words: str
    matches: tuple[Match, ...]
    terms: tuple[str, ...] | None = None
