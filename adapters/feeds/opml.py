"""Lists of feeds as other readers keep them: OPML 2.0 (http://opml.org/spec2.opml), and what is written in its name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from adapters.feeds.document import decode, escaped_ampersands, without_controls
from adapters.feeds.tidying import tidy
from bot.domain.source import FOLDER_SIGN, ListedFeed, NewSource

_LONGEST_NAME = 200
_LONGEST_ADDRESS = 2048
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed"})
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_IS_MARKUP = re.compile(r"\s*<")


class OpmlError(Exception):
    """The document is no list of feeds; ``str(error)`` is a sentence for the person who brought it."""


def read_opml(document: bytes) -> tuple[ListedFeed, ...]:
    """The feeds of the list in its order, each once with a label for every folder it stands in. Raises OpmlError.

    Prefixes, namespaces, the case of names and outlines that are no feeds mean nothing. A folder within another is told
    with its way there: ``Europe › France``.
    """
    text = _XML_DECLARATION.sub("", decode(document, None), count=1)
    if not _IS_MARKUP.match(text):
        raise OpmlError("That is no OPML file: there is no XML in it.")
    if _ENTITY.search(text):
        raise OpmlError("That OPML file brings declarations of its own (entities), which are refused for safety.")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(escaped_ampersands(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise OpmlError(f"That OPML file is damaged: line {line} cannot be read as XML.") from None
    if _bare(root.tag) != "opml":
        raise OpmlError("That is XML, but no OPML: a list of feeds has the element opml around it.")
    outlines = _Outlines()
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="{*}*"):
        if _bare(element.tag) == "outline":
            if event == "start":
                outlines.enter(element.attrib)
            else:
                outlines.leave()
    return outlines.feeds()


def write_opml(sources: Iterable[NewSource], *, title: str, at: datetime) -> bytes:
    """The sources as a list that every reader of feeds can take in; their labels become folders.

    A source with several labels stands in several folders; those without any stand outside. ``read_opml`` gives the
    same addresses, titles and labels back.
    """
    opml = etree.Element("opml", version="2.0")
    head = etree.SubElement(opml, "head")
    etree.SubElement(head, "title").text = without_controls(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(at)
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(opml, "body")}
    for label, held in _by_label(sources).items():
        folder = _folder(folders, tuple(label.split(FOLDER_SIGN)) if label else ())
        for source in held:
            etree.SubElement(folder, "outline", _described(source))
    document: bytes = etree.tostring(opml, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document


class _Outlines:
    """Gathers feeds on a walk through the outlines; a folder is an outline without a feed's address."""

    def __init__(self) -> None:
        self._way: list[str | None] = []
        self._titles: dict[str, str | None] = {}
        self._labels: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def feeds(self) -> tuple[ListedFeed, ...]:
        """What the outlines came to."""
        return tuple(
            ListedFeed(address=address, title=title, labels=tuple(self._labels[address]))
            for address, title in self._titles.items()
        )

    def enter(self, attributes: Mapping[str, str]) -> None:
        """The walk comes to an outline."""
        told = {_bare(key): value for key, value in attributes.items()}
        address = _address(told)
        title = tidy(told.get("title") or told.get("text") or "")[:_LONGEST_NAME]
        if address and len(address) <= _LONGEST_ADDRESS:
            self._take(address, title)
        self._way.append(None if address else title.replace(FOLDER_SIGN, " "))

    def leave(self) -> None:
        """The walk leaves the outline that it came to last of those not yet left."""
        self._way.pop()

    def _take(self, address: str, title: str) -> None:
        if not self._titles.get(address):
            self._titles[address] = title or None
        if label := FOLDER_SIGN.join(filter(None, self._way)):
            self._labels[address][label] = None


def _bare(name: str) -> str:
    """The element's or attribute's name without its namespace, in small letters."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _address(told: Mapping[str, str]) -> str:
    """The feed's address; OPML 1.0 knew no xmlUrl."""
    of_old = told.get("url", "") if told.get("type", "").lower() in _FEED_TYPES else ""
    return (told.get("xmlurl") or of_old).strip()


def _by_label(sources: Iterable[NewSource]) -> Mapping[str, Sequence[NewSource]]:
    by_label: defaultdict[str, list[NewSource]] = defaultdict(list)
    for source in sources:
        for label in source.labels or ("",):
            by_label[label].append(source)
    return by_label


def _folder(folders: dict[tuple[str, ...], etree._Element], way: tuple[str, ...]) -> etree._Element:
    """The folder at the end of the way, made with all those on the way to it."""
    if way not in folders:
        name = without_controls(way[-1])
        folders[way] = etree.SubElement(_folder(folders, way[:-1]), "outline", {"text": name, "title": name})
    return folders[way]


def _described(source: NewSource) -> dict[str, str]:
    title = without_controls(source.title)
    told = {"type": "rss", "text": title, "title": title, "xmlUrl": source.address}
    return told | ({"htmlUrl": source.site} if source.site else {})
