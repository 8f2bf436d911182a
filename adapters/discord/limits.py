"""What Discord takes, and how it counts.

Sources: docs.discord.com/developers "Component Reference", "Message Resource" and "Rate Limits"; a number that they do
not give names the issue of github.com/discord/discord-api-docs that does.
"""

import math
from typing import Final

from bot.messages.limits import Limits
from bot.messages.pacing import Rate

MAX_TEXT: Final = 4_000
"""Characters over all text displays of a message (PR 8562)."""

MAX_BYTES: Final = 10_000
"""UTF-8 bytes, with 12 more for each text display; Discord fails with status 500 above 10,170 (issue 8554)."""

BYTES_PER_DISPLAY: Final = 12

MAX_LINK: Final = 512
MAX_IMAGE_ADDRESS: Final = 2_048
MAX_ALT: Final = 1_024
MAX_LABEL: Final = 80
MAX_TOAST: Final = 2_000

MAX_FORM_TITLE: Final = 45
MAX_FORM_FIELDS: Final = 5
MAX_FIELD_LABEL: Final = 45
MAX_PLACEHOLDER: Final = 100
MAX_INPUT: Final = 4_000
MAX_RADIO_OPTIONS: Final = 10
MAX_SELECT_OPTIONS: Final = 25
MAX_CHOICES: Final = 25
MAX_CHOICE: Final = 100

INVITATIONS: Final = ("discord.gg/", "discord.com/invite/", "discordapp.com/invite/", "dsc.gg/", "discord.me/")
"""How links begin that let people in: the platform's own, and those of sites that lend names for them."""

ESCAPED: Final = "\\*_~`|<>[]@#:"
"""What is, or with its neighbours may become, markup; each may need one backslash more."""

OVERALL_RATE: Final = Rate(per_s=49.5, burst=12.0, in_a_second=50)
OVERALL_DEBT: Final = 1.0
"""Discord allows 50 requests a second; the burst makes up for waking late."""

CHANNEL_RATE: Final = Rate(per_s=1.0, burst=5)
"""About 5 messages in 5 seconds are taken in one channel; the library keeps to the window that the headers tell."""

_LINE = 4
"""What a line may cost beyond itself: a mark of ours before it and a backslash."""

_CHARACTERS_PER_BYTE = MAX_TEXT / MAX_BYTES


def measure(words: str) -> int:
    """The most that these words can cost once they are rendered, in characters of ``MAX_TEXT``.

    Counts escapes, and bytes where there are many to a character: 4,000 characters are only about 3,390 in CJK.
    """
    added = sum(map(words.count, ESCAPED)) + _LINE * words.count("\n")
    size = len(words.encode(errors="replace")) + added
    return max(len(words) + added, math.ceil(size * _CHARACTERS_PER_BYTE))


LIMITS: Final = Limits(
    measure=measure,
    mark=5,
    text=3_600,  # the rest is for addresses behind words, headings, small print
    label=MAX_LABEL,
    buttons_in_row=5,
    rows=5,
    repeat_safe_s=60.0,
    can_find=True,
    can_whisper=True,
    can_edit=True,
    has_forms=True,
    greets=False,
)
