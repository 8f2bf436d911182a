"""Words from outside, made to stay words."""

import re
from collections.abc import Sequence

SELF_LINKING_MARKS = "@.:"
"""A joiner stands beside one of these, at most one beside each."""

_JOINER = "\u2060"
# What Telegram would turn into a link or a ping by itself: addresses, names of hosts, mentions.
# Each begins with its mark, which is quick to search for; only then its neighbours are looked at.
_SELF_LINKING = re.compile(
    r"[@.:](?:"
    r"(?<=\w:)(?=//)"
    r"|(?<=[\w-]\.)(?=[^\W\d_]{2})"
    r"|(?<=\d\.)(?=\d{1,3}\.\d)"
    r"|(?<=@)(?=\w)"
    r")"
)
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def self_linking(words: str) -> list[int]:
    """The places in the words, in order, where Telegram would see an address to link or a name to ping."""
    return [found.end() if found[0] == "@" else found.start() for found in _SELF_LINKING.finditer(words)]


def with_joiners(words: str, places: Sequence[int]) -> str:
    """The words with an invisible joiner (U+2060) at each of these places, which are in order."""
    pieces = []
    start = 0
    for place in places:
        pieces += [words[start:place], _JOINER]
        start = place
    return "".join([*pieces, words[start:]]) if pieces else words


def defuse(words: str) -> str:
    """The words with joiners wherever Telegram would see an address to link or a name to ping."""
    return with_joiners(words, self_linking(words))


def clean(words: str) -> str:
    """The words with a space for each control character and half surrogate, which cannot be sent."""
    return words if words.isprintable() else _UNSENDABLE.sub(" ", words)


def escape(words: str) -> str:
    """The words as HTML text or the value of an attribute, cleaned."""
    cleaned = clean(words)
    return cleaned.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
