"""What a worker process found arrives as it was found."""

from adapters.feeds.parsed import ParsedFeed, lines_of, read_drafts, read_head, read_page
from adapters.feeds.topic_list import read_topics, write_topics
from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.matching import Matcher
from bot.domain.paragraph import ParagraphKind, Shape, Stress, Stretch
from bot.domain.weighing import weighed
from tests.builders import NOON
from tests.newsroom import small_catalogue

SHAPES = (Shape(kind=ParagraphKind.HEADING), Shape(stretches=(Stretch(start=0, end=3, stress=Stress.STRONG),)))


def test_a_page_arrives_with_the_shapes_of_its_paragraphs() -> None:
    page = PageText(paragraphs=("Head", "The ferry left."), shapes=SHAPES, caption="A ferry", problem="paywall")
    (line,) = lines_of(page)
    assert read_page(line) == page


def test_a_feed_arrives_with_its_drafts() -> None:
    told = Draft(title="Ferries", paragraphs=("Head", "The ferry left."), shapes=SHAPES, guid="1", published_at=NOON)
    head, *lines = lines_of(ParsedFeed(title="The Wire", drafts=(told, Draft(title="Only a title"))))
    assert read_head(head) == (ParsedFeed(title="The Wire"), 1)
    assert [draft for line in lines for draft in read_drafts(line)] == [told, Draft(title="Only a title")]


def test_the_wording_of_a_draft_arrives_with_it() -> None:
    catalogue = Matcher(read_topics(write_topics(small_catalogue())))
    told = weighed([Draft(title="Tokyo votes", teaser="In Japan the polls are open and people are voting.")], catalogue)
    _, line = lines_of(ParsedFeed(title="The Wire", drafts=tuple(told)))
    (arrived,) = read_drafts(line)
    assert arrived.wording == told[0].wording
    assert arrived.wording is not None
    assert [match.topic_id for match in arrived.wording.matches] == ["japan"]


def test_drafts_come_in_lines_that_are_quick_to_decode() -> None:
    drafts = tuple(Draft(title=f"Story {number}", paragraphs=("word " * 1000,)) for number in range(100))
    head, *lines = lines_of(ParsedFeed(title="The Wire", drafts=drafts))
    assert read_head(head) == (ParsedFeed(title="The Wire"), len(lines))
    assert max(map(len, lines)) < 40_000
    assert tuple(draft for line in lines for draft in read_drafts(line)) == drafts
