"""What Telegram takes and how fast (core.telegram.org/bots/api, core.telegram.org/bots/faq)."""

from adapters.telegram.escaping import SELF_LINKING_MARKS
from bot.messages.limits import Limits
from bot.messages.pacing import Rate

PLATFORM = "telegram"

TEXT_UNITS = 4_096
"""UTF-16 units after the markup is read. TDLib counts code points, so the stricter reading holds under both."""
TEXT_BYTES = 32_768
"""Of the raw text, markup included; more is refused unread."""
TOAST_CHARACTERS = 200
PLACEHOLDER_CHARACTERS = 64
CALLBACK_PATIENCE_S = 8.0
"""An unanswered press dies after about 15 s; this leaves time to answer it."""

OVERALL = Rate(per_s=29.7, burst=5.0, in_a_second=30)
OVERALL_DEBT = 1.0
"""The FAQ names 30 a second. The burst makes up for waking late; the longer it is, the longer nothing may be said once
it has left, not even to a person.
"""
PAID = Rate(per_s=990.0, burst=200.0, in_a_second=1_000)
"""Of the thousand a second that a bot gets that pays for those beyond 30 (``allow_paid_broadcast``)."""
PAID_IN_FLIGHT = 240
"""Enough for those where an answer takes a fifth of a second; the transport opens no more connections."""
PRIVATE = Rate(per_s=1.0, burst=4.0)
WINDOW_S = 60.0
SHARED_IN_WINDOW = 20
"""Groups take 20 a minute, edits and deletions counted; channels are treated alike, for want of a figure."""
SHARED_POSTS_IN_WINDOW = 17
SHARED_BREAKING_IN_WINDOW = 18
SHARED_EDITS_IN_WINDOW = 19
"""In a chat that many share, a flood of posts leaves room for what people ask and for the opinions they give."""

INVITATIONS = (
    *(f"{host}/{beginning}" for host in ("t.me", "telegram.me", "telegram.dog") for beginning in ("+", "joinchat")),
    *("tg://join", "tg:join"),
)
"""How links begin that let people in (core.telegram.org/api/links, "Chat invite links")."""


def measure(text: str) -> int:
    """UTF-16 units of the text, with room for the joiners that ``render`` may put beside ``@``, ``.`` and ``:``."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + sum(map(text.count, SELF_LINKING_MARKS))


LIMITS = Limits(
    measure=measure,
    mark=5,
    text=TEXT_UNITS - 16,
    label=64,
    buttons_in_row=8,
    rows=12,
    can_whisper=True,
    one_listener=True,
    greets=True,
)
