"""Pages of many kinds come apart into their stories, and into nothing but them."""

import time
from pathlib import Path

import pytest

from adapters.feeds.plain_page import (
    BinaryPageError,
    EmptyPageError,
    NoStoryError,
    PlainPage,
    PlainPageError,
    decode,
    read_plain_page,
)

PAGES = Path("tests/data/pages")


def page_of(name: str) -> PlainPage:
    return read_plain_page(decode((PAGES / name).read_bytes()))


def sizes(page: PlainPage) -> list[int]:
    return [len(story.paragraphs) for story in page.stories]


def test_one_paragraph_is_one_story() -> None:
    (story,) = page_of("one-paragraph.txt").stories
    assert story.title == "The ferry between Lindholm and the island of Skarv will run every half hour from Monday"
    assert len(story.paragraphs) == 1
    assert story.is_complete


def test_an_azerbaijani_page_comes_apart() -> None:
    page = page_of("azerbaijani.txt")
    assert sizes(page) == [4, 1, 1]
    assert page.stories[0].title == "Nazirlər Kabineti yeni təhsil proqramını təsdiqləyib"
    assert page.footer == "Tətbiqimizi App Store və Play Store-dan yükləyə bilərsiniz."
    assert page.opinion_prompt == ("Bu mövzuda fikriniz nədir?", "İlk şərhi siz yazın")


def test_a_russian_page_comes_apart() -> None:
    page = page_of("russian.txt")
    assert sizes(page) == [5, 1, 1]
    assert page.footer == "Скачайте наше приложение в App Store и Google Play"
    assert page.opinion_prompt == ("Что вы думаете об этом?", "Оставьте первый комментарий")


def test_a_long_story_ends_where_the_short_ones_begin() -> None:
    page = page_of("mixed.txt")
    assert sizes(page) == [6, 1, 1, 1, 1]
    assert page.opinion_prompt == ("Comments (3)",)
    assert page.dropped == ("Share",)


def test_empty_lines_between_blocks_part_stories() -> None:
    page = page_of("blocks.txt")
    assert [(story.title, len(story.paragraphs)) for story in page.stories] == [
        ("Harbour bridge closes for repairs", 2),
        ("Library keeps its night hours", 3),
        ("Rovers win the derby", 2),
    ]
    assert all(story.has_own_title for story in page.stories)


def test_empty_lines_between_all_lines_part_nothing() -> None:
    (story,) = page_of("one-article.txt").stories
    assert story.title == "River town learns to live with water"
    assert len(story.paragraphs) == 4


def test_a_title_apart_from_its_block_still_is_its_title() -> None:
    page = read_plain_page(
        "Rovers win the derby\n\nA goal decided it.\nIt came late.\n\n\nRain\nIt rained.\nIt poured.\n"
    )
    assert [(story.title, len(story.paragraphs)) for story in page.stories] == [
        ("Rovers win the derby", 2),
        ("Rain", 3),
    ]


def test_each_title_takes_the_teaser_under_it() -> None:
    page = page_of("headlines.txt")
    assert [(story.title, story.is_complete) for story in page.stories] == [
        ("New stadium opens in Valmere", True),
        ("Rain delays the harvest", False),
        ("Choir of Orrin sings in Lisbon", False),
        ("Council raises parking fees", True),
    ]
    assert page.stories[1].teaser is not None
    assert page.stories[1].teaser.endswith("in fifty years and expect prices…")


def test_a_story_under_its_title_ends_with_a_subject_that_nothing_ties_to_it() -> None:
    page = read_plain_page(
        "Ferry returns to Skarv\nThe ferry to Skarv runs again.\nIslanders cheered it at the pier.\n"
        "Madrid’s metro carries more people than ever, Spain reports.\n"
    )
    assert sizes(page) == [2, 1]


def test_windows_line_ends_marks_and_hard_spaces_change_nothing() -> None:
    plain = (PAGES / "blocks.txt").read_text(encoding="utf-8")
    odd = "\ufeff" + plain.replace("\n", "\r\n").replace(" ", "\u00a0")
    assert read_plain_page(decode(odd.encode())) == read_plain_page(plain)


def test_utf_16_with_its_mark_is_text() -> None:
    assert decode("Xəbər".encode("utf-16")) == "Xəbər"


@pytest.mark.parametrize("data", [b"", b" \r\n\t \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused_as_empty(data: bytes) -> None:
    with pytest.raises(EmptyPageError, match="empty"):
        read_plain_page(decode(data))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"news\x00paper", "Новости".encode("cp1251")])
def test_what_is_not_text_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(BinaryPageError, match="plain text"):
        decode(data)


def test_a_page_with_furniture_only_has_no_story() -> None:
    with pytest.raises(NoStoryError, match="no story"):
        page_of("only-furniture.txt")


def test_errors_are_one_family() -> None:
    assert all(issubclass(error, PlainPageError) for error in (EmptyPageError, BinaryPageError, NoStoryError))


def test_five_thousand_paragraphs_are_read_within_a_second_in_linear_time() -> None:
    lead = "President Ilham Aliyev met Ivan Petrov of Tallinn in Riga on Monday, officials said."
    rest = [f"“We spoke about road {n},” Petrov said in Riga, before Aliyev left for Baku." for n in range(4_999)]
    text = "\n".join([lead, *rest])
    started = time.process_time()
    page = read_plain_page(text)
    assert time.process_time() - started < 1
    assert sizes(page) == [5_000]


@pytest.mark.parametrize("text", ["A. " * 30_000, "A." * 30_000 + "AB", "." * 60_000 + "a b", "x, " * 30_000])
def test_a_line_made_to_be_slow_is_not(text: str) -> None:
    started = time.process_time()
    read_plain_page(text)
    assert time.process_time() - started < 1
