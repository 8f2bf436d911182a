"""When a server that says "moved for good" is believed.

Hijacked and expired domains say so too; an address that was adopted too soon is never read again.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.source import Move

_ANSWERS = 10
_FOR = timedelta(days=7)


def after_answer(before: Move | None, moved_to: str | None, *, is_familiar: bool, now: datetime) -> Move | None:
    """What is known of the source's move after one more answer that came through permanent redirects to ``moved_to``.

    Another answer begins anew. One in which no known article is (``is_familiar``) does not count.
    """
    if moved_to is None:
        return None
    if before is None or before.address != moved_to:
        return Move(address=moved_to, since=now) if is_familiar else None
    return replace(before, answers=before.answers + 1) if is_familiar else before


def is_settled(move: Move, now: datetime) -> bool:
    """Whether the server has said the same ten times over a week at least."""
    return move.answers >= _ANSWERS and now - move.since >= _FOR
