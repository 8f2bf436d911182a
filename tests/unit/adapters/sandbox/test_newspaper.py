"""The newspaper publishes in order, remembers what it published, and begins anew after the last article."""

from pathlib import Path

import pytest

from adapters.sandbox.newspaper import BadArticleError, Newspaper, read_articles
from adapters.sandbox.store import Store

_DEMO = Path(__file__).parents[4] / "seeds" / "demo"


class _Clock:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    directory = tmp_path / "demo"
    directory.mkdir()
    (directory / "2.txt").write_text("Second story\nBy Bo\n\nOne paragraph.\n", encoding="utf-8")
    (directory / "1.txt").write_text("First: a “story”\nBy Ada Lund\n\nLead & more.\n\nSecond.\n", encoding="utf-8")
    return directory


def test_articles_come_in_the_order_of_their_file_names(articles: Path) -> None:
    first, second = read_articles(articles)
    assert (first.headline, first.author, first.paragraphs) == (
        "First: a “story”",
        "Ada Lund",
        ("Lead & more.", "Second."),
    )
    assert (first.slug, second.slug) == ("first-a-story", "second-story")


@pytest.mark.parametrize("text", ["", "Only a headline\n", "Headline\nNo byline\n\nText.\n", "Headline\nBy Ada\n"])
def test_a_file_that_is_no_article_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.txt").write_text(text, encoding="utf-8")
    with pytest.raises(BadArticleError, match=r"broken\.txt"):
        list(read_articles(tmp_path))


def test_the_first_article_is_due_at_once_and_the_next_after_the_interval(articles: Path) -> None:
    clock = _Clock()
    paper = Newspaper(Store(None, clock), clock, directory=articles, every_s=60)
    assert paper.due_in() == 0
    paper.publish_next()
    clock.now += 20
    assert paper.due_in() == 40
    clock.now += 1000
    assert paper.due_in() == 0


def test_after_the_last_article_comes_a_new_day_with_new_names(articles: Path) -> None:
    paper = Newspaper(Store(None, _Clock()), _Clock(), directory=articles, every_s=60)
    assert [paper.publish_next().title for _ in range(5)] == [
        "First: a “story”",
        "Second story",
        "Day 2: First: a “story”",
        "Day 2: Second story",
        "Day 3: First: a “story”",
    ]
    assert len({edition.slug for edition in paper.editions()}) == 5


def test_a_restart_goes_on_where_it_was(articles: Path, tmp_path: Path) -> None:
    clock = _Clock()
    store = Store(tmp_path / "sandbox.db", clock)
    Newspaper(store, clock, directory=articles, every_s=60).publish_next()
    store.close()
    store = Store(tmp_path / "sandbox.db", clock)
    paper = Newspaper(store, clock, directory=articles, every_s=60)
    assert [edition.title for edition in paper.editions()] == ["First: a “story”"]
    assert paper.due_in() == 60
    assert paper.publish_next().title == "Second story"
    store.close()


def test_an_article_whose_file_is_gone_is_left_out(articles: Path) -> None:
    store = Store(None, _Clock())
    Newspaper(store, _Clock(), directory=articles, every_s=60).publish_next()
    (articles / "1.txt").unlink()
    assert Newspaper(store, _Clock(), directory=articles, every_s=60).editions() == []


@pytest.mark.parametrize(("with_articles", "every_s"), [(False, 60.0), (True, 0.0)])
async def test_without_articles_or_interval_nothing_is_published(
    articles: Path, *, with_articles: bool, every_s: float
) -> None:
    paper = Newspaper(Store(None, _Clock()), _Clock(), directory=articles if with_articles else None, every_s=every_s)
    await paper.run()
    assert paper.editions() == []


def test_a_teaser_ends_with_a_sentence_or_at_least_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("A\nBy B\n\n" + "Short sentence. " * 20, encoding="utf-8")
    (tmp_path / "2.txt").write_text("C\nBy D\n\n" + "word " * 100, encoding="utf-8")
    paper = Newspaper(Store(None, _Clock()), _Clock(), directory=tmp_path, every_s=60)
    assert paper.publish_next().teaser.endswith("Short sentence.")
    teaser = paper.publish_next().teaser
    assert teaser.endswith("word …")
    assert len(teaser) <= 222


def test_the_articles_that_come_with_it_are_worth_reading() -> None:
    articles = list(read_articles(_DEMO))
    assert len(articles) >= 12
    assert len({article.slug for article in articles}) == len(articles)
    for article in articles:
        assert 4 <= len(article.paragraphs) <= 9, article.headline
        assert len(article.headline) <= 100, article.headline
        assert all(len(paragraph) > 80 for paragraph in article.paragraphs), article.headline
