"""Which of a page's text is its article, line by line: trafilatura's choice, with a hint where it needs one."""

from collections.abc import Iterator
from typing import Any

from lxml import etree, html
from trafilatura import bare_extraction

from adapters.feeds.tidying import tidy

SENTENCE_END = (".", "!", "?", "…", ":", "”", "»", "؟")
_SENTENCE = 60
"""A block of fewer characters is a label."""

_ALL_OF_IT = 0.9
_NEARLY_ALL = 0.85
_LEAVES = ("p", "div", "section", "td", "li")
_INLINE = frozenset({"a", "abbr", "b", "br", "em", "i", "mark", "s", "small", "span", "strong", "u"})
_STRUCTURE = frozenset({"h2", "h3", "h4", "ul", "ol", "blockquote", "table"})
_CONTAINERS = frozenset({"body", "div", "quote", "p", "list", "item", "table", "row", "cell"})


def lines_of_article(tree: html.HtmlElement) -> list[str]:
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
        inside = {tidy(p.text_content()) for p in holder.iter("p")}
        if inside.intersection(lines) <= set(again):
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
    return len(text) >= _SENTENCE and text.endswith(SENTENCE_END)


def _length(block: Any) -> int:
    return len(tidy(block.text_content()))


def _holder(tree: html.HtmlElement, lines: set[str]) -> Any | None:
    """The innermost element that holds all the paragraphs or, where only the page does, nearly all of their text; None
    where there are none or one.
    """
    paragraphs = [p for p in tree.iter("p") if tidy(p.text_content()) in lines]
    if len(paragraphs) < 2:  # noqa: PLR2004  # one paragraph is held by anything
        return None
    held: dict[Any, int] = {}
    for paragraph in paragraphs:
        for above in paragraph.iterancestors():
            held[above] = held.get(above, 0) + _length(paragraph)
    total = sum(map(_length, paragraphs))
    for share in (1.0, _NEARLY_ALL):
        holders = [one for one, length in held.items() if length >= share * total]
        innermost = max(holders, key=lambda one: sum(1 for _ in one.iterancestors()))
        if innermost.tag not in {"body", "html"}:
            return innermost
    return None


def _blocks(element: Any) -> Iterator[str]:
    """The lines within an element of trafilatura's own few, in order."""
    match element.tag:
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


def _broken(element: Any) -> Iterator[str]:
    """A line break ends a paragraph after a sentence, or where two stand together; else it only parts two words."""
    running = element.text or ""
    for child in element:
        if child.tag == "lb":
            if not tidy(running) or tidy(running).endswith(SENTENCE_END):
                yield running
                running = ""
            running += " "
        else:
            running += "".join(child.itertext())
        running += child.tail or ""
    yield running
