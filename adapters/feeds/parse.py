"""What a feed's document says, as drafts. Runs in the worker process, since documents may be hostile."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser

from adapters.feeds.dates import moment, names_a_day
from adapters.feeds.document import DocumentError, decode, feed_markup
from adapters.feeds.hub_links import in_json, in_markup
from adapters.feeds.page_titles import derived_title, whole_worded
from adapters.feeds.parsed import ParsedFeed, Problem
from adapters.feeds.sanitize import Prose, one_line, prose
from adapters.feeds.tidying import tidy
from bot.domain.article import Draft
from bot.domain.paragraph import shapes_of
from bot.ports.reading import FeedFormat

MOST_ENTRIES = 500
_MOST_LISTED = 20_000
_TOO_MANY = f"That feed lists more than {_MOST_LISTED:,} entries. Look on its site for one with the latest alone."
LONGEST_FIELD = 64 * 1024
_LONGEST_TITLE = 500
_LONGEST_NAME = 200
_LONGEST_CAPTION = 400
_LONGEST_LINK = 2048
_WHOLE = ("https://", "http://")
_LONGEST_GUID = 1024
_LONGEST_DATE = 128
_NO_DATES = ("http://", "https://", "tag:", "urn:")
"""How most ids begin: with words that are in no date, so that the fast parser need not be asked about each."""
_WHOLE_TEXT = 1000
"""A description of so many characters is the story itself; a shorter one of a single paragraph is a teaser."""

_MOST_LINKS = 8
_LONGEST_TTL = timedelta(hours=12)
_HEAD = 16 * 1024
_FIRST_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ROOT_NAME = re.compile(r"<(?:[\w.-]+:)?(\w+)")
_TTL = re.compile(r"<ttl>\s*(?:<!\[CDATA\[)?\s*(\d{1,6})\s*(?:\]\]>)?\s*</ttl>", re.IGNORECASE)
_LANGUAGE = re.compile(r"<(?:dc:)?language>\s*(?:<!\[CDATA\[)?\s*([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)", re.IGNORECASE)
_XML_LANGUAGE = re.compile(r"\bxml:lang\s*=\s*[\"']([a-z]{2,3}(?:-[a-z0-9]{2,8})*)[\"']", re.IGNORECASE)
_XML_BASE = re.compile(r"^[^>]{0,4000}?\bxml:base\s*=\s*[\"']([^\"'<>]{1,2048})[\"']", re.IGNORECASE)
_DATED = re.compile(r"<(?:pubDate|dc:date|published|updated|issued|date)[\s>]", re.IGNORECASE)
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|date|published|updated|issued|modified|created)(?:\s[^<>]{0,200})?>"
    r"\s*(?:<!\[CDATA\[)?\s*([^<>\]]{1,128})"
    r"|\"date_(?:published|modified)\"\s*:\s*\"([^\"]{1,128})\"",
    re.IGNORECASE,
)
_MARKED_UP_TITLE = re.compile(r"<(?:\w+:)?title\s[^>]{0,200}xhtml", re.IGNORECASE)
_OWN_TEXT = re.compile(r"<(?:content:encoded|content|atom:content)[\s>]|\"content_(?:html|text)\"", re.IGNORECASE)
_SUMMARY = re.compile(r"<(?:description|summary|atom:summary)[\s>]|\"summary\"", re.IGNORECASE)
_HTML_AFTER_ALL = re.compile(r"</(?:p|div|a|li|span)>|<br ?/?>", re.IGNORECASE)
_IN_A_SIZE = re.compile(r"(?:-\d{2,5}x\d{2,5})?(?:\.\w{3,4})?(?:\?.*)?$")
_LONG_NAME = re.compile(
    r"(<(?:\w{1,30}:)?(?:author|creator|contributor|publisher|managingEditor|webMaster|owner|name|email)\b[^<>]{0,500}>"
    r"(?:\s*<!\[CDATA\[)?[^<\]]{1000})[^<\]]+",
    re.IGNORECASE,
)
_NAMED_AUTHOR = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)|(?P<first>[^<>@]+?)\s*<\S+@\S+>")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What an entry's fields have to be understood with."""

    base: str
    feed_title: str
    gives_text: bool
    gives_summaries: bool
    guessed: frozenset[str]


def parse(body: bytes, *, address: str, charset: str | None) -> ParsedFeed | Problem:
    """The feed that the document holds, at most 500 of its entries and 64 kB of each field. A document of more than
    20,000 entries is refused: all would have to be kept to find the newest. Raises MemoryError.
    """
    try:
        text = decode(body, charset)
        markup = text.lstrip() if _is_json_feed(text) else feed_markup(text)
        if _holds_too_many(markup):
            return Problem(kind="too_big", message=_TOO_MANY)
        feed, entries = _read(markup)
    except DocumentError as error:
        return Problem(kind="not_a_feed", message=str(error))
    title = one_line(_text(feed.get("title")))[:_LONGEST_TITLE] or urlsplit(address).hostname or address
    site = web_link(feed.get("link"), address)
    base = _XML_BASE.match(markup)
    first = _FIRST_ENTRY.search(markup)
    context = _Context(
        base=(web_link(base[1], address) if base else None) or site or address,
        feed_title=title,
        gives_text=_OWN_TEXT.search(markup) is not None,
        gives_summaries=_SUMMARY.search(markup, first.start() if first else 0) is not None,
        guessed=_guessed(markup),
    )
    head = markup[: min(first.start() if first else _HEAD, _HEAD)]
    return ParsedFeed(
        title=title,
        format=_format(markup),
        drafts=tuple(_drafts(entries, context)),
        site=site,
        language=_language(head, feed),
        ttl=_ttl(head),
        links=tuple((in_json(markup) if markup.startswith("{") else in_markup(head))[:_MOST_LINKS]),
    )


def _is_json_feed(text: str) -> bool:
    return text.lstrip()[:1] == "{" and "jsonfeed.org/version" in text[:_HEAD]


def _holds_too_many(markup: str) -> bool:
    """Whether taking all entries apart, to find the newest, would need more memory than a feed is worth."""
    if markup.startswith("{"):
        return markup.count('"id"') > _MOST_LISTED
    return next(islice(_FIRST_ENTRY.finditer(markup), _MOST_LISTED, None), None) is not None


def _format(markup: str) -> FeedFormat:
    root = _ROOT_NAME.match(markup)
    match root and root[1].lower():
        case None:
            return FeedFormat.JSON
        case "feed":
            return FeedFormat.ATOM
        case "rdf":
            return FeedFormat.RDF
        case _:
            return FeedFormat.RSS


def _read(markup: str) -> tuple[Fields, list[Fields]]:
    """The feed's fields and its entries', by the fast parser or, where that reads poorly, the tolerant one."""
    try:
        fast = fastfeedparser.parse(markup.encode(), include_tags=False)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # it raises whatever its parts raise, on documents made to make it
        return _read_tolerantly(markup)
    if _reads_poorly(markup, fast.entries):
        try:
            feed, entries = _read_tolerantly(markup)
        except DocumentError:
            return fast.feed, fast.entries
        if len(entries) >= len(fast.entries):
            return feed, entries
    return fast.feed, fast.entries


def _reads_poorly(markup: str, entries: list[Fields]) -> bool:
    """Whether the document seems to say more than the fast parser found in it, and enough is not found yet."""
    if markup.startswith("{") or len(entries) >= MOST_ENTRIES:
        return False
    if len(entries) < len(_FIRST_ENTRY.findall(markup)):
        return True
    if (
        _format(markup) is FeedFormat.RDF
        and _OWN_TEXT.search(markup)
        and not any(one.get("content") for one in entries)
    ):
        return True
    if _MARKED_UP_TITLE.search(markup) and not all(entry.get("title") for entry in entries):
        return True
    has_undated = not all(entry.get("published") or entry.get("updated") for entry in entries)
    return has_undated and len(_DATED.findall(markup)) >= len(entries)


def _read_tolerantly(markup: str) -> tuple[Fields, list[Fields]]:
    import feedparser  # noqa: PLC0415  # one feed in ten needs it

    if markup.startswith("{"):
        raise DocumentError("That feed cannot be read: it is not written as JSON Feed has to be.")
    # It looks for a mail address in names, for a time that grows with the square of their length (its issue 562).
    short_named = _LONG_NAME.sub(r"\1", markup)
    try:
        told = feedparser.parse(io.BytesIO(short_named.encode()), sanitize_html=False, resolve_relative_uris=False)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        raise DocumentError("That feed is damaged: it cannot be read as RSS or Atom.") from error
    if not told.get("version") and not told.entries:
        raise DocumentError("What is at that address is not a feed: it is neither RSS nor Atom nor JSON Feed.")
    return told.feed, told.entries


def _drafts(entries: Iterable[Fields], context: _Context) -> Iterator[Draft]:
    """The newest entries, newest first; one without a date stays beside the entry that it follows."""
    dated: list[tuple[datetime, Fields, datetime | None]] = []
    neighbour = datetime.max.replace(tzinfo=UTC)
    for entry in entries:
        published = _published(entry, context.guessed)
        neighbour = published or neighbour
        dated.append((neighbour, entry, published))
    dated.sort(key=lambda one: one[0], reverse=True)
    for _, entry, published in dated[:MOST_ENTRIES]:
        draft = _draft(entry, published, context)
        if draft is not None:
            yield draft


def _published(entry: Fields, guessed: frozenset[str]) -> datetime | None:
    written = _text(entry.get("published"))
    if written in guessed or (written and written == _date_seen_in(_text(entry.get("id")))):
        return None
    # feedparser warns when asked for an update that is not there.
    updated = _text(entry["updated"]) if "updated" in entry else ""
    return moment(written) or (moment(updated) if updated not in guessed else None)


def _guessed(markup: str) -> frozenset[str]:
    """The dates that the fast parser sees in what is none, such as the 1st of this month in ``-1``."""
    written = {one or other for one, other in _DATE.findall(markup)}
    odd = sorted(text.strip() for text in written if not names_a_day(text))[:MOST_ENTRIES]
    return frozenset(filter(None, map(_date_seen_in, odd)))


@lru_cache(maxsize=1024)
def _date_seen_in(text: str) -> str | None:
    """The date that the fast parser takes a text for, as it does with an id where there is no date."""
    if not text or len(text) > _LONGEST_DATE or text.startswith(_NO_DATES):
        return None
    item = f"<rss version='2.0'><channel><title>t</title><item><guid>{escape(text)}</guid></item></channel></rss>"
    try:
        found = fastfeedparser.parse(item.encode(), include_tags=False).entries
    except Exception:  # noqa: BLE001  # as above
        return None
    return _text(found[0].get("published")) if found else None


def _draft(entry: Fields, published: datetime | None, context: _Context) -> Draft | None:
    """The entry as a draft, None when there is nothing in it to read."""
    description = _text(entry.get("description") or entry.get("summary"))
    content, is_plain = _content(entry)
    told = _prose(content, is_plain=is_plain) if content else _prose(description)
    summary = _prose(description) if context.gives_text and content else told
    has_text = bool(content) and context.gives_text
    has_text &= told.paragraphs != summary.paragraphs or not context.gives_summaries
    is_whole = has_text or len(told.paragraphs) > 1 or sum(map(len, told.paragraphs)) >= _WHOLE_TEXT
    lead = told.paragraphs[0] if told.paragraphs else ""
    link = web_link(entry.get("link"), context.base)
    title = one_line(_text(entry.get("title")))
    if not (title or lead or link):
        return None
    image = _image(entry, told, summary, context.base)
    return Draft(
        title=_shortened(title) or (derived_title(lead) if lead else context.feed_title),
        paragraphs=told.paragraphs if is_whole else (),
        shapes=shapes_of(told.text) if is_whole else (),
        teaser=_teaser(summary, told) if has_text else None if is_whole else lead or None,
        guid=tidy(_text(entry.get("id")))[:_LONGEST_GUID] or None,
        link=link,
        author=_author(entry),
        image=image,
        caption=_caption(image, (told, summary), context.base),
        published_at=published,
        is_complete=is_whole and not told.is_cut,
        has_own_title=bool(title),
    )


def _prose(markup: str, *, is_plain: bool = False) -> Prose:
    """The paragraphs of a field, of which only so much is read that it cannot be made to last."""
    if len(markup) <= LONGEST_FIELD:
        return prose(markup, is_plain=is_plain)
    told = prose(markup[:LONGEST_FIELD].rpartition("<")[0] or markup[:LONGEST_FIELD], is_plain=is_plain)
    cut = (last.ending(whole_worded(f"{last.words}…")) for last in told.text[-1:])
    return replace(told, text=(*told.text[:-1], *cut), is_cut=True)


def _teaser(summary: Prose, told: Prose) -> str | None:
    """The summary, unless it is only the beginning of the text."""
    teaser = " ".join(summary.paragraphs)
    beginning = " ".join(told.paragraphs)[: len(teaser)]
    stem = teaser.rstrip("….").rstrip()
    return teaser if stem and not beginning.startswith(stem) else None


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else whole_worded(f"{title[: _LONGEST_TITLE - 1]}…")


def _content(entry: Fields) -> tuple[str, bool]:
    """The longest of an entry's texts, and whether it is no HTML, as it says of itself and as it looks."""
    texts = _mappings(entry.get("content"))
    longest = max(texts, key=lambda one: len(_text(one.get("value"))), default={})
    value = _text(longest.get("value"))
    return value, longest.get("type") in {"text", "text/plain"} and not _HTML_AFTER_ALL.search(value)


def _author(entry: Fields) -> str | None:
    """The writer's name without the mail address that RSS asks for."""
    written = one_line(_text(entry.get("author")))
    found = _NAMED_AUTHOR.fullmatch(written[:_LONGEST_NAME])
    name = (found["name"] or found["first"]).strip() if found else written
    return None if not name or "@" in name or len(name) > _LONGEST_NAME else name


def _image(entry: Fields, told: Prose, summary: Prose, base: str) -> str | None:
    """The best picture that an entry names: the widest it offers, else one it attaches, else the first in its text."""
    offered = [one for one in _mappings(entry.get("media_content")) if _is_picture(one)]
    offered.sort(key=_width, reverse=True)
    attached = [one for one in _mappings(entry.get("enclosures")) if _is_picture(one)]
    named = [*offered, *attached, *_mappings(entry.get("media_thumbnail"))]
    urls: list[Any] = [one.get("url") or one.get("href") for one in named]
    image = entry.get("image")
    urls += [image.get("href") if isinstance(image, Mapping) else image, told.image, summary.image]
    return next((link for url in urls if (link := web_link(url, base))), None)


def _caption(image: str | None, texts: Iterable[Prose], base: str) -> str | None:
    """What a text says of the picture, where that is the one that stands in it, if in another size."""
    for told in texts:
        shown = web_link(told.image, base)
        if image and shown and told.caption and _IN_A_SIZE.sub("", image) == _IN_A_SIZE.sub("", shown):
            return told.caption if len(told.caption) <= _LONGEST_CAPTION else None
    return None


def _mappings(value: Any) -> list[Fields]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _is_picture(media: Fields) -> bool:
    kind = _text(media.get("type")) or _text(media.get("medium"))
    if kind:
        return kind.startswith("image")
    path = _text(media.get("url")).partition("?")[0].lower()
    return path.endswith((".jpg", ".jpeg", ".png", ".webp", ".gif"))


def _width(media: Fields) -> int:
    width = str(media.get("width") or "")
    return int(width[:6]) if width.isascii() and width.isdigit() else 0


def web_link(value: Any, base: str) -> str | None:
    """An absolute http(s) address, None for anything else."""
    written = tidy(_text(value)).replace(" ", "%20")
    if not written or len(written) > _LONGEST_LINK:
        return None
    try:
        link = written if written.startswith(_WHOLE) else urljoin(base, written)
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in {"http", "https"} and parts.hostname else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _language(head: str, feed: Fields) -> str | None:
    found = _LANGUAGE.search(head) or _XML_LANGUAGE.search(head)
    told = found[1] if found else _text(feed.get("language"))
    return told.replace("_", "-")[:35] or None


def _ttl(head: str) -> timedelta | None:
    found = _TTL.search(head)
    return min(timedelta(minutes=int(found[1])), _LONGEST_TTL) if found and int(found[1]) else None
