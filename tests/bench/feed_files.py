"""Feeds as publishers write them, in each format and several languages, all their words invented."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Final

from tests.bench.invented import LANGUAGES, Language

_CODES: Final = {"English": "en", "Russian": "ru", "Turkish": "tr", "Azerbaijani": "az"}
_FEWEST, _MOST = 20, 30
_APART_H = (0.5, 8.0)
_TITLE, _TEASER, _STORY, _PARAGRAPHS = 8, 40, 240, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry of a feed, before it is written in any format."""

    number: int
    at: datetime
    site: str
    title: str
    teaser: str
    story: Sequence[str]

    @property
    def link(self) -> str:
        return f"{self.site}/{self.at:%Y/%m}/{self.number}.html"

    @property
    def picture(self) -> str:
        return f"{self.site}/pictures/{self.number}.jpg"

    @property
    def markup(self) -> str:
        first, *others = (f"<p>{escape(paragraph)}</p>" for paragraph in self.story)
        figure = f'<figure><img src="{self.picture}" width="1024" height="683" alt=""/></figure>'
        return "\n".join(
            (first, figure, *others, f'<p><a href="{self.link}" class="share">{escape(self.title)}</a></p>')
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it is written."""

    title: str
    site: str
    language: str
    entries: Sequence[Told]


def written_feeds(count: int, *, newest: datetime) -> Iterator[bytes]:
    """So many documents, the same ones each time but for their dates, and no two stories alike.

    Four in ten are RSS with teasers, two RSS with whole stories, two Atom, one RDF (RSS 1.0) and one JSON Feed.
    """
    rng = random.Random(0)
    languages = {name: Language(name, rng) for name in LANGUAGES}
    for number in range(count):
        name = rng.choice(list(languages))
        feed = _feed(rng, languages[name], _CODES[name], number, newest)
        yield _FORMATS[number % len(_FORMATS)](feed).encode()


def _feed(rng: random.Random, language: Language, code: str, number: int, newest: datetime) -> Feed:
    site, at, entries = f"https://site-{number}.example", newest, []
    for entry in range(rng.randint(_FEWEST, _MOST), 0, -1):
        at -= timedelta(hours=rng.uniform(*_APART_H))
        title, teaser = (language.text(words, paragraphs=1)[0] for words in (_TITLE, _TEASER))
        story = language.text(_STORY, paragraphs=_PARAGRAPHS)
        entries.append(Told(number=entry, at=at, site=site, title=title[:-1], teaser=teaser, story=story))
    return Feed(title=f"{language.phrase()} {number}".capitalize(), site=site, language=code, entries=entries)


def _rss(feed: Feed, item: Callable[[Told], str]) -> str:
    newest = feed.entries[0].at
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>{escape(feed.title)}</title>
<atom:link href="{feed.site}/feed/" rel="self" type="application/rss+xml" />
<link>{feed.site}</link>
<description>{escape(feed.title)}</description>
<lastBuildDate>{format_datetime(newest)}</lastBuildDate>
<language>{feed.language}</language>
{"".join(map(item, feed.entries))}</channel>
</rss>
"""


def _teaser_item(told: Told) -> str:
    return f"""<item>
<title>{escape(told.title)}</title>
<link>{told.link}</link>
<guid isPermaLink="true">{told.link}</guid>
<pubDate>{format_datetime(told.at)}</pubDate>
<description>{escape(told.teaser)}</description>
<category>{escape(told.title.split()[0])}</category>
<media:content url="{told.picture}" medium="image" width="1024" height="683"/>
</item>
"""


def _whole_item(told: Told) -> str:
    return f"""<item>
<title>{escape(told.title)}</title>
<link>{told.link}</link>
<dc:creator><![CDATA[{told.title.split()[0]}]]></dc:creator>
<pubDate>{format_datetime(told.at)}</pubDate>
<guid isPermaLink="false">{told.site}/?p={told.number}</guid>
<description><![CDATA[<p>{told.teaser} [&#8230;]</p>]]></description>
<content:encoded><![CDATA[{told.markup}]]></content:encoded>
</item>
"""


def _atom(feed: Feed) -> str:
    entries = "".join(
        f"""<entry>
<title>{escape(told.title)}</title>
<link rel="alternate" type="text/html" href="{told.link}"/>
<id>tag:{told.site.removeprefix("https://")},{told.at:%Y}:{told.number}</id>
<published>{told.at.isoformat()}</published><updated>{told.at.isoformat()}</updated>
<author><name>{told.title.split()[0]}</name></author>
<summary>{escape(told.teaser)}</summary>
<content type="html">{escape(told.markup)}</content>
</entry>
"""
        for told in feed.entries
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">
<title>{escape(feed.title)}</title><id>{feed.site}/</id><updated>{feed.entries[0].at.isoformat()}</updated>
<link rel="self" href="{feed.site}/atom.xml"/><link rel="alternate" href="{feed.site}/"/>
{entries}</feed>
"""


def _rdf(feed: Feed) -> str:
    places = "".join(f'<rdf:li rdf:resource="{told.link}"/>' for told in feed.entries)
    items = "".join(
        f"""<item rdf:about="{told.link}"><title>{escape(told.title)}</title><link>{told.link}</link>
<description>{escape(told.teaser)}</description><dc:date>{told.at.isoformat()}</dc:date></item>
"""
        for told in feed.entries
    )
    return f"""<?xml version="1.0"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{feed.site}"><title>{escape(feed.title)}</title><link>{feed.site}</link>
<description>{escape(feed.title)}</description><dc:language>{feed.language}</dc:language>
<items><rdf:Seq>{places}</rdf:Seq></items></channel>
{items}</rdf:RDF>
"""


def _json(feed: Feed) -> str:
    items = [
        {
            "id": str(told.number),
            "url": told.link,
            "title": told.title,
            "summary": told.teaser,
            "content_html": told.markup,
            "image": told.picture,
            "date_published": told.at.astimezone(UTC).isoformat(),
        }
        for told in feed.entries
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.site}
    return json.dumps({**head, "language": feed.language, "items": items}, ensure_ascii=False)


def _teasers(feed: Feed) -> str:
    return _rss(feed, _teaser_item)


def _wholes(feed: Feed) -> str:
    return _rss(feed, _whole_item)


_FORMATS: Final = (_teasers, _wholes, _atom, _teasers, _rdf, _teasers, _wholes, _atom, _teasers, _json)
