"""What a worker process found arrives as it was found."""

from adapters.feeds.parsed import ParsedFeed, lines_of, read_draft, read_head, read_page
from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.paragraph import ParagraphKind, Shape, Stress, Stretch
from tests.builders import NOON

SHAPES = (Shape(kind=ParagraphKind.HEADING), Shape(stretches=(Stretch(start=0, end=3, stress=Stress.STRONG),)))


def test_a_page_arrives_with_the_shapes_of_its_paragraphs() -> None:
    page = PageText(paragraphs=("Head", "The ferry left."), shapes=SHAPES, caption="A ferry", problem="paywall")
    (line,) = lines_of(page)
    assert read_page(line) == page


def test_a_feed_arrives_with_its_drafts() -> None:
    told = Draft(title="Ferries", paragraphs=("Head", "The ferry left."), shapes=SHAPES, guid="1", published_at=NOON)
    head, *lines = lines_of(ParsedFeed(title="The Wire", drafts=(told, Draft(title="Only a title"))))
    assert read_head(head) == (ParsedFeed(title="The Wire"), 2)
    assert [read_draft(line) for line in lines] == [told, Draft(title="Only a title")]
