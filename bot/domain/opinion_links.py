"""Which links people may not put into their opinions."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from bot.domain.errors import OpinionError

SHORTENERS = (
    *("adf.ly", "bit.do", "bit.ly", "bitly.com", "bl.ink", "buff.ly", "clck.ru", "cutt.ly", "dlvr.it", "dub.sh"),
    *("goo.gl", "goo.su", "is.gd", "j.mp", "kutt.it", "lnkd.in", "n9.cl", "ow.ly", "qr.ae", "rb.gy", "rebrand.ly"),
    *("s.id", "short.gy", "short.io", "shorturl.at", "shorturl.asia", "shrtco.de", "snip.ly", "soo.gd", "t.co"),
    *("t.ly", "tiny.cc", "tiny.one", "tinyurl.com", "tny.im", "trib.al", "u.to", "urlz.fr", "v.gd", "vk.cc", "x.gd"),
)
"""Hosts whose links say nothing of where they lead."""

_DOTS = str.maketrans({"。": ".", "\\": "/"})  # as browsers read them


class OpinionLinks:
    """Refuses invitations to other places and shortened links. ``invitations`` are how those begin: a host and the
    beginning of a path, or a scheme of their own.
    """

    def __init__(self, invitations: Sequence[str]) -> None:
        self._invitations = _links_to(invitations)
        self._shortened = _links_to(f"{host}/" for host in SHORTENERS)

    def check(self, words: str) -> None:
        """Raises OpinionError where the words hold one, in whatever spelling still leads there."""
        plain = unquote("".join(filter(_is_seen, unicodedata.normalize("NFKC", words).casefold())).translate(_DOTS))
        if self._invitations.search(plain):
            raise OpinionError(
                "Invitations to other places are not taken in opinions, so nothing was saved. "
                "Leave the link out and send it again."
            )
        if found := self._shortened.search(plain):
            host = found["place"].partition("/")[0]
            raise OpinionError(
                f"A shortened link ({host}) does not say where it leads, so nothing was saved. "
                "Give the address of the page itself and send it again."
            )


def _links_to(places: Iterable[str]) -> re.Pattern[str]:
    """Finds a link to any of the places, or to one below them."""
    schemes, hosts = [], []
    for place in places:
        host, sign, path = place.partition("/")
        if "://" in place:
            schemes.append(re.escape(place))
        else:
            hosts.append(rf"{re.escape(host)}\.?(?::\d*)?{sign and '/+'}{re.escape(path)}(?=/*[^\s/])")
    named = "|".join(hosts)
    of_schemes = "|".join(schemes) or r"(?!)"
    return re.compile(rf"(?<![\w.-])(?:(?:[\w-]+\.)*(?P<place>{named})|{of_schemes})")


def _is_seen(character: str) -> bool:
    """Whether it is more than a hint for the typesetter, which links lose on their way."""
    return unicodedata.category(character) != "Cf" and not "\ufe00" <= character <= "\ufe0f"
