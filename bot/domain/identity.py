"""By what signs an article is known again.

The ladder: guid → canonical link → words (title and day, or the opening). Any rung may tell; the date alone never does.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.domain.article import Draft
from bot.domain.source import Identity, Source, SourceId, SourceKind

_TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "ga_")
_TRACKING_NAMES = frozenset(
    {"fbclid", "gclid", "yclid", "igshid", "ref_src", "cmpid", "ns_campaign", "ns_source", "at_medium"}
)
_OPENING = 500
_LINKS_REMEMBERED = 64
"""An id is often the link too, and the site's own is asked for with each article."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """The keys of one draft by rung, unique across sources; None where the draft has nothing for that rung.

    ``whole`` stands alone: the text of a plain page, which has neither guid, link nor date. ``exact`` is all of the
    signs together, for an article of which others own each single one.
    """

    whole: str | None = None
    guid: str | None = None
    link: str | None = None
    title: str | None = None
    opening: str | None = None
    exact: str | None = None

    @property
    def strong(self) -> tuple[str, ...]:
        """The keys that a publisher gave, strongest first."""
        return _present(self.whole, self.guid, self.link)

    @property
    def weak(self) -> tuple[str, ...]:
        """The keys of its words, which say something only together with other evidence."""
        return _present(self.title, self.opening, self.exact)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of each rung, strongest first: what is stored with an article."""
        return (*self.strong, *_present(self.title, self.opening))


def signs_of(source: Source, draft: Draft) -> Signs:
    """The draft's signs, as far as the source's identity holds. A key has 32 hex characters after its kind's letter."""
    if source.kind is SourceKind.PAGE:
        return Signs(whole=text_key(draft))
    guid = (draft.guid or "").strip() if source.identity is Identity.GUID else ""
    link = canonical_link(draft.link) if draft.link and source.identity is not Identity.WORDS else None
    if link and _is_front_page(link, source.site):
        link = None
    day = draft.published_at.date().isoformat() if draft.published_at else ""
    opening = opening_of(draft)
    known_as = canonical_link(guid) or guid
    return Signs(
        guid=_key("g", source.id, known_as) if guid else None,
        link=_key("l", source.id, link) if link else None,
        title=_key("t", source.id, folded(draft.title), day),
        opening=_key("o", source.id, opening) if opening else None,
        exact=_key("e", source.id, known_as, link or "", folded(draft.title), opening, day),
    )


def joined(key: str, other: str) -> str:
    """One key of two, where neither is enough: an id that several entries of a document carry."""
    return "c" + hashlib.blake2b(f"{key}\x1f{other}".encode(), digest_size=16).hexdigest()


def text_key(draft: Draft) -> str:
    """The key of a text on a plain page, which has neither guid, link nor date: its words, on whatever page."""
    return _key("w", SourceId(0), folded(" ".join((draft.title, draft.teaser or "", *draft.paragraphs))))


@lru_cache(_LINKS_REMEMBERED)
def canonical_link(link: str) -> str | None:
    """The link without what publishers change at whim: scheme, www, case of the host, tracking parts, fragment.

    None when it is no http(s) link.
    """
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(name)]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"{place}{parts.path.rstrip('/') or '/'}{query}"


def path_of(link: str | None) -> str:
    """What follows the host in a link, empty where that is nothing or no link: the same on two hosts of one site."""
    canonical = canonical_link(link) if link else None
    return "" if canonical is None else canonical.partition("/")[2]


def folded(text: str) -> str:
    """The text's words as they are compared: case and spaces aside."""
    return " ".join(text.casefold().split())


def opening_of(draft: Draft) -> str:
    """The first words of the text, 500 characters at most; empty without a text."""
    return folded(draft.paragraphs[0] if draft.paragraphs else draft.teaser or "")[:_OPENING]


def are_alike(one: str, other: str) -> bool:
    """Whether two texts share at least half of their words."""
    words, others = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return bool(words) and 2 * len(words & others) >= len(words | others)


def _is_front_page(link: str, site: str | None) -> bool:
    """A link to the site itself names no article."""
    return link.partition("/")[2] == "" or (site is not None and link == canonical_link(site))


def _is_tracking(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith(_TRACKING_PREFIXES) or lowered in _TRACKING_NAMES


def _present(*keys: str | None) -> tuple[str, ...]:
    return tuple(key for key in keys if key is not None)


def _key(kind: str, source_id: SourceId, *parts: str) -> str:
    told = "\x1f".join((str(source_id), *parts))
    return kind + hashlib.blake2b(told.encode(errors="replace"), digest_size=16).hexdigest()
