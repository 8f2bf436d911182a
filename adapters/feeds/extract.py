"""The article that a web page holds, as paragraphs. Runs in the worker process, since pages may be hostile."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree, html
from trafilatura import bare_extraction

from adapters.feeds.document import decode
from adapters.feeds.page_walls import hides_the_rest, is_challenge, is_challenge_script, is_wall
from adapters.feeds.parse import web_link
from adapters.feeds.parsed import Problem
from adapters.feeds.sanitize import tidy, without_furniture
from bot.domain.full_text import PageText

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
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 8 * 1024
_SENTENCE_END = (".", "!", "?", "…", ":", "”", "»", "؟")
_PAID = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)
_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?true", re.IGNORECASE)
_PAID_PART = re.compile(r"\"cssSelector\"\s*:\s*\"\.([\w-]{1,80})\"")

_BOT_CHECK = Problem(kind="bot_check", message="The site wants to see a person before it shows that page.")
_PAYWALL = Problem(kind="paywall", message="That page is for subscribers only.")
_NO_TEXT = Problem(kind="no_text", message="There is no article on that page.")


def extract(body: bytes, *, address: str, charset: str | None) -> PageText | Problem:
    """The page's article: its paragraphs in order, list items with a bullet, its picture and what that shows.

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
    lines = [line for line in _lines(tree) if line not in {title, caption}]
    walls = [place for place, line in enumerate(lines) if is_wall(line)] if not is_free else []
    told = without_furniture(_once(lines[: walls[0]] if walls else lines))
    paragraphs, is_cut = _within_bounds(_without_loose_ends(told.paragraphs))
    length = sum(map(len, paragraphs))
    if length < _BOT_CHECK_TEXT and not (is_walled or walls) and _asks_for_a_person(tree):
        return _BOT_CHECK
    if length < _LEAST_TEXT:
        return _PAYWALL if is_walled or walls else _NO_TEXT
    problem = "paywall" if is_walled or walls else "cut" if is_cut or told.is_cut else None
    return PageText(paragraphs=paragraphs, image=image, caption=caption, problem=problem)


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


def _lines(tree: html.HtmlElement) -> list[str]:
    """The text that trafilatura finds, line by line.

    Where a page has none of the names that it looks for, it takes the paragraphs from wherever they are and leaves
    headings and lists behind. So the element that holds those paragraphs gets such a name, and it looks again.
    """
    _name_paragraphs(tree)
    lines = _found(tree)
    holder = _holder(tree, set(lines))
    if holder is not None and any(part.tag in _STRUCTURE for part in holder.iter(etree.Element)):
        named, holder.attrib["class"] = holder.get("class"), "article-body"
        again = _found(tree)
        if set(lines) <= set(again):
            return again
        holder.attrib["class"] = named or ""
    return lines


def _found(tree: html.HtmlElement) -> list[str]:
    found: Any = bare_extraction(tree, fast=True, include_comments=False, include_tables=True, include_images=False)
    if found is None or found.body is None:
        return []
    lines = [line for text in _blocks(found.body) if (line := tidy(text))]
    # Where nothing looks like an article, it gives all of the page, menus included, in one line.
    is_all = len(lines) == 1 and len(lines[0]) > _ALL_OF_IT * len(tidy(tree.text_content()))
    return [] if is_all and sum(1 for _ in tree.iter(*_LEAVES)) > 1 else lines


def _name_paragraphs(tree: html.HtmlElement) -> None:
    """Make paragraphs of blocks that hold a sentence each, on a page that knows no paragraphs."""
    leaves = [one for one in tree.iter("div", "section") if _is_leaf(one)]
    if sum(map(_length, leaves)) > sum(map(_length, tree.iter("p"))):
        for leaf in leaves:
            leaf.tag = "p"


def _is_leaf(block: Any) -> bool:
    """Whether a block holds words alone, and a sentence of them."""
    if not all(part.tag in _INLINE for part in block.iterdescendants()):
        return False
    text = tidy(block.text_content())
    return len(text) >= _SENTENCE and text.endswith(_SENTENCE_END)


def _length(block: Any) -> int:
    return len(tidy(block.text_content()))


def _holder(tree: html.HtmlElement, lines: set[str]) -> Any | None:
    """The innermost element that holds all the paragraphs, None where there are none or one."""
    paths = [[*reversed(list(p.iterancestors()))] for p in tree.iter("p") if tidy(p.text_content()) in lines]
    if len(paths) < 2:  # noqa: PLR2004  # one paragraph is held by anything
        return None
    shared = [level[0] for level in zip(*paths, strict=False) if all(one is level[0] for one in level)]
    return shared[-1] if shared and shared[-1].tag not in {"body", "html"} else None


_SENTENCE = 60
"""A block of fewer characters is a label."""

_ALL_OF_IT = 0.9
_LEAVES = ("p", "div", "section", "td", "li")
_INLINE = frozenset({"a", "abbr", "b", "br", "em", "i", "mark", "s", "small", "span", "strong", "u"})
_STRUCTURE = frozenset({"h2", "h3", "h4", "ul", "ol", "blockquote", "table"})
_CONTAINERS = frozenset({"body", "div", "quote", "p", "list", "item", "table", "row", "cell"})


def _blocks(element: Any) -> Iterator[str]:
    """The lines within an element of trafilatura's own few, in order."""
    match element.tag:
        case "list":
            for item in element:
                yield from _bulleted(item)
        case "row":
            yield " | ".join(filter(None, (tidy("".join(cell.itertext())) for cell in element)))
        case "graphic" | "lb":
            pass
        case _ if any(child.tag in _CONTAINERS or child.tag == "head" for child in element):
            yield element.text or ""
            for child in element:
                yield from _blocks(child)
                yield child.tail or ""
        case _:
            yield from _broken(element)


def _bulleted(item: Any) -> Iterator[str]:
    lines = [line for text in _blocks(item) if (line := tidy(text))]
    if lines:
        yield lines[0] if lines[0].startswith("•") else f"• {lines[0].lstrip('-–—*·◦▪ ')}"
        yield from lines[1:]


def _broken(element: Any) -> Iterator[str]:
    """A line break ends a paragraph after a sentence, or where two stand together; else it only parts two words."""
    running = element.text or ""
    for child in element:
        if child.tag == "lb":
            if not tidy(running) or tidy(running).endswith(_SENTENCE_END):
                yield running
                running = ""
            running += " "
        else:
            running += "".join(child.itertext())
        running += child.tail or ""
    yield running


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
    return list({line if len(line) > 60 else (place, line): line for place, line in enumerate(lines)}.values())  # noqa: PLR2004  # see above


def _without_loose_ends(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Without headings at the end, which led to something that is no part of the story."""
    kept = list(paragraphs)
    while len(kept) > 1 and len(kept[-1]) < 60 and not kept[-1].startswith("•") and not _ends(kept[-1]):  # noqa: PLR2004  # no sentence
        kept.pop()
    return tuple(kept)


def _ends(line: str) -> bool:
    return line.endswith((*_SENTENCE_END, ")", '"', "'", "’", "。"))


def _within_bounds(paragraphs: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """So many paragraphs as a story may have, and whether there were more."""
    kept: list[str] = []
    length = 0
    for paragraph in paragraphs:
        length += len(paragraph)
        if length > LONGEST_TEXT:
            return tuple(kept), True
        kept.append(paragraph)
    return tuple(kept), False
