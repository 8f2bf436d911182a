"""The article that a web page holds, as paragraphs. Runs in the worker process, since pages may be hostile."""

import re
from collections.abc import Iterable, Mapping

from lxml import etree, html

from adapters.feeds.document import decode
from adapters.feeds.markup import read_tree
from adapters.feeds.page_lines import SENTENCE_END, lines_of_article
from adapters.feeds.page_walls import hides_the_rest, is_challenge, is_challenge_script, is_wall
from adapters.feeds.parse import web_link
from adapters.feeds.parsed import Problem
from adapters.feeds.sanitize import without_furniture
from adapters.feeds.tidying import tidy, without_bullet
from bot.domain.full_text import PageText
from bot.domain.paragraph import Paragraph, ParagraphKind, Shape, shapes_of, words_of

LONGEST_PAGE = 5 * 1024 * 1024
LONGEST_TEXT = 200_000
_DEEPEST = 250
_MOST_ELEMENTS = 100_000
_LEAST_TEXT = 140
"""Fewer characters are a caption or a notice, no article."""

_BOT_CHECK_WITHIN = 1500
_BOT_CHECK_TEXT = 400
"""Characters of a page that asks for a person, at most, and of what looks like its text; more is an article on that."""

_LONGEST_CAPTION = 400
_SHORT = 60
"""So many characters that end no sentence are a heading, whatever the page calls them."""

_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 8 * 1024
_PAID = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)
_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?true", re.IGNORECASE)
_PAID_PART = re.compile(r"\"cssSelector\"\s*:\s*\"\.([\w-]{1,80})\"")

_BOT_CHECK = Problem(kind="bot_check", message="The site wants to see a person before it shows that page.")
_PAYWALL = Problem(kind="paywall", message="That page is for subscribers only.")
_NO_TEXT = Problem(kind="no_text", message="There is no article on that page.")


def extract(body: bytes, *, address: str, charset: str | None) -> PageText | Problem:
    """The page's article: its paragraphs in order and how they are meant, its picture and what that shows.

    A page that shows only the beginning gives that, with the problem ``paywall``; one that shows nothing is a Problem.
    """
    if len(body) > LONGEST_PAGE:
        return Problem(kind="too_big", message="That page is too large for an article.")
    declared = _META_CHARSET.search(body[:_META_WITHIN])
    markup = decode(body, declared[1].decode() if declared else charset)
    if not markup.strip():
        return _NO_TEXT
    tree = _parsed(markup)
    if tree is None:
        return Problem(kind="not_a_page", message="That page is no HTML that can be read: it is nested too deeply.")
    if is_challenge_script(markup):
        return _BOT_CHECK
    return _article(tree, address)


def _article(tree: html.HtmlElement, address: str) -> PageText | Problem:
    data = "".join(script.text or "" for script in tree.iterfind(".//script[@type='application/ld+json']"))
    is_paid = _PAID.search(data) is not None or _meta(tree, "article:content_tier") == "locked"
    is_free = not is_paid and _FREE.search(data) is not None
    title, image, caption = _headline(tree), web_link(_meta(tree, "og:image", "twitter:image"), address), _caption(tree)
    is_walled = is_paid or (not is_free and hides_the_rest(tree))
    if is_paid:
        _drop(tree, set(_PAID_PART.findall(data)))
    shapes = {paragraph.words: paragraph.shape for paragraph in read_tree(tree).paragraphs}
    lines = [line for line in lines_of_article(tree) if line not in {title, caption}]
    walls = [place for place, line in enumerate(lines) if is_wall(line)] if not is_free else []
    shown = _once(lines[: walls[0]] if walls else lines)
    told = without_furniture([_as_meant(line, shapes) for line in shown])
    paragraphs, is_cut = _within_bounds(_without_loose_ends(told.text))
    length = sum(len(paragraph.words) for paragraph in paragraphs)
    if length < _BOT_CHECK_TEXT and not (is_walled or walls) and _asks_for_a_person(tree):
        return _BOT_CHECK
    if length < _LEAST_TEXT:
        return _PAYWALL if is_walled or walls else _NO_TEXT
    problem = "paywall" if is_walled or walls else "cut" if is_cut or told.is_cut else None
    return PageText(
        paragraphs=words_of(paragraphs),
        shapes=shapes_of(paragraphs),
        image=image,
        caption=caption,
        problem=problem,
    )


def _as_meant(line: str, shapes: Mapping[str, Shape]) -> Paragraph:
    """The line with the shape that the page gives a paragraph of these words, which may stand behind a typed bullet."""
    bare = without_bullet(Paragraph(words=line)).words
    return next(
        (Paragraph(words=words, shape=shapes[words]) for words in (line, bare) if words in shapes),
        Paragraph(words=line),
    )


def _asks_for_a_person(tree: html.HtmlElement) -> bool:
    shown = tidy(tree.text_content())
    return len(shown) < _BOT_CHECK_WITHIN and is_challenge(shown)


def _parsed(markup: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return None
    depth = 0
    for count, (event, _) in enumerate(etree.iterwalk(tree, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST or count > 2 * _MOST_ELEMENTS:
            return None
    return tree


def _meta(tree: html.HtmlElement, *names: str) -> str | None:
    told: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name in names and meta.get("content"):
            told.setdefault(name, meta.get("content"))
    return next((told[name] for name in names if name in told), None)


def _headline(tree: html.HtmlElement) -> str:
    heading = next(tree.iter("h1"), None)
    return tidy(heading.text_content()) if heading is not None else tidy(_meta(tree, "og:title") or "")


def _caption(tree: html.HtmlElement) -> str | None:
    """What the first picture of the article shows, as the page says below it."""
    for figure in tree.iter("figure"):
        words = figure.find(".//figcaption")
        is_aside = any(above.tag in {"aside", "footer", "nav"} for above in figure.iterancestors())
        if words is None or is_aside or figure.find(".//img") is None:
            continue
        caption = tidy(" ".join(words.itertext()))
        return caption if 0 < len(caption) <= _LONGEST_CAPTION else None
    return None


def _drop(tree: html.HtmlElement, classes: set[str]) -> None:
    """Take out what the page itself declares to be for subscribers (schema.org/isAccessibleForFree)."""
    paid = [one for one in tree.iter(etree.Element) if classes.intersection((one.get("class") or "").split())]
    for element in paid:
        if element.getparent() is not None and element.tag not in {"html", "body"}:
            element.drop_tree()


def _once(lines: Iterable[str]) -> list[str]:
    """Without what is said a second time: pull quotes, mobile copies. Short lines may well repeat."""
    return list({line if len(line) > _SHORT else (place, line): line for place, line in enumerate(lines)}.values())


def _without_loose_ends(paragraphs: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """Without headings at the end, which led to something that is no part of the story."""
    kept = list(paragraphs)
    while len(kept) > 1 and _is_loose(kept[-1]):
        kept.pop()
    return tuple(kept)


def _is_loose(last: Paragraph) -> bool:
    if last.shape.kind is ParagraphKind.TEXT:
        return len(last.words) < _SHORT and not _ends(last.words)
    return last.shape.kind is ParagraphKind.HEADING


def _ends(line: str) -> bool:
    return line.endswith((*SENTENCE_END, ")", '"', "'", "’", "。"))


def _within_bounds(paragraphs: tuple[Paragraph, ...]) -> tuple[tuple[Paragraph, ...], bool]:
    """So many paragraphs as a story may have, and whether there were more."""
    kept: list[Paragraph] = []
    length = 0
    for paragraph in paragraphs:
        length += len(paragraph.words)
        if length > LONGEST_TEXT:
            return tuple(kept), True
        kept.append(paragraph)
    return tuple(kept), False
