"""A page gives its article and nothing of what stands around it."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.feeds.extract import LONGEST_PAGE, LONGEST_TEXT, extract
from adapters.feeds.parsed import Problem
from bot.domain.full_text import PageText
from bot.domain.paragraph import shapes_as_json

PAGES = Path(__file__).parents[3] / "data" / "pages_html"
ADDRESS = "https://news.example/a/story"
FURNITURE = (
    *("cookie", "Cookie", "kuki", "Share", "Paylaş", "Поделиться", "شارك", "Sign up", "newsletter", "App Store"),
    *("Read more", "Читайте", "oxuyun", "İlgili haber", "اقرأ أيضا", "Lesen Sie auch", "Related", "Comments", "©"),
    *("Subscribe", "abone", "Подписывайтесь", "Home", "Главная", "WordPress", "Advertisement", "Zustimmen"),
)


def sentence(number: int) -> str:
    return f"Sentence number {number} of a long report says what happened in the harbour that day."


def page(*paragraphs: str, head: str = "", around: str = "") -> bytes:
    told = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"<html><head><title>T</title>{head}</head><body><article>{told}</article>{around}</body></html>".encode()


def text_of(body: bytes, charset: str | None = None) -> PageText:
    found = extract(body, address=ADDRESS, charset=charset)
    assert isinstance(found, PageText), found
    return found


def refusal(body: bytes) -> str:
    found = extract(body, address=ADDRESS, charset=None)
    assert isinstance(found, Problem), found
    assert found.message.endswith(".")
    return found.kind


def shapes_of(found: PageText) -> dict[str, Any]:
    """The paragraphs that are more than plain text, by number."""
    told = {str(number): shape for number, shape in enumerate(shapes_as_json(found.shapes)) if shape}
    return {"shapes": told} if told else {}


def expected(name: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_a_page_gives_exactly_its_article_or_the_reason_why_not(name: str) -> None:
    found = extract((PAGES / f"{name}.html").read_bytes(), address=ADDRESS, charset=None)
    match found:
        case Problem():
            assert {"refused": found.kind} == expected(name)
        case PageText():
            told: dict[str, Any] = {
                "paragraphs": list(found.paragraphs),
                "image": found.image,
                "caption": found.caption,
            }
            assert told | {"problem": found.problem} | shapes_of(found) == expected(name)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.json") if path.stem != "about_walls"))
def test_no_page_furniture_gets_into_a_story(name: str) -> None:
    story = "\n".join(expected(name).get("paragraphs", ()))
    assert [words for words in FURNITURE if words in story] == []


def test_a_page_in_another_charset_is_read_as_it_says_or_as_its_server_says() -> None:
    words = "Паром между Устьем и Каменным островом вернулся на линию. " * 5
    body = f"<html><body><article><p>{words}</p></article></body></html>".encode("windows-1251")
    assert text_of(body, "windows-1251").paragraphs == (words.strip(),)
    declared = b'<meta charset="windows-1251">'
    assert text_of(body.replace(b"<body>", declared + b"<body>"), None).paragraphs == (words.strip(),)


def test_a_page_of_two_thousand_paragraphs_is_read_in_order_as_far_as_a_story_may_go() -> None:
    found = text_of(page(*(sentence(number) for number in range(2_000))))
    assert found.paragraphs == tuple(sentence(number) for number in range(2_000))
    assert found.problem is None


def test_a_longer_text_than_a_story_may_have_is_cut_and_says_so() -> None:
    found = text_of(page(*(f"{number} " + "word " * 500 + "end." for number in range(200))))
    assert sum(map(len, found.paragraphs)) <= LONGEST_TEXT
    assert found.paragraphs[0].startswith("0 word")
    assert found.problem == "cut"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x" * (LONGEST_PAGE + 1), "too_big"),
        (b"<html><body>" + b"<div>" * 10_000 + b"words" + b"</div>" * 10_000, "not_a_page"),
        (b"<html><body>" + b"<b>" * 10_000 + b"words", "not_a_page"),
        (b"<p>" + b"<i>a</i>" * 150_000, "not_a_page"),
        (b"", "no_text"),
        (b" \n ", "no_text"),
        (b"\x00\x01\x02", "no_text"),
        (b"%PDF-1.7 \x80\x81 obj stream", "no_text"),
        (page("Too short."), "no_text"),
    ],
    ids=["10 MB", "nested blocks", "nested marks", "elements", "empty", "blank", "controls", "pdf", "short"],
)
def test_a_page_that_is_no_article_is_refused_with_a_kind_and_quickly(body: bytes, kind: str) -> None:
    began = time.process_time()
    assert refusal(body) == kind
    assert time.process_time() - began < 5


def test_scripts_and_hidden_marks_never_become_text() -> None:
    found = text_of(
        page(sentence(1), "<script>alert(1)</script>Seen\u202e and \u200bread, as it was meant by all.", sentence(2))
    )
    assert found.paragraphs == (sentence(1), "Seen and read, as it was meant by all.", sentence(2))


@pytest.mark.parametrize("image", ["javascript:alert(1)", "data:image/png;base64,xx", "file:///etc/passwd", "http://"])
def test_a_picture_has_a_web_address_or_there_is_none(image: str) -> None:
    head = f'<meta property="og:image" content="{image}">'
    assert text_of(page(sentence(1), sentence(2), head=head)).image is None


@pytest.mark.parametrize(
    "wall",
    [
        "Subscribe to continue reading.",
        "Sign in to read the full story",
        "This article is available only for subscribers.",
        "You have reached your limit of free articles.",
        "Чтобы продолжить чтение, оформите подписку",
        "Материал доступен только подписчикам",
        "Davamını oxumaq üçün abunə olun",
        "Bu haber yalnızca abonelere açıktır",
        "Devamını okumak için üye olun",
        "Um weiterzulesen, Abo abschließen",
        "Cet article est réservé aux abonnés",
        "اشترك الآن لمواصلة القراءة",
    ],
)
def test_a_paywall_is_recognised_in_its_own_words_and_what_it_shows_is_kept(wall: str) -> None:
    found = text_of(page(sentence(1), sentence(2), around=f'<div class="wall">{wall}</div>'))
    assert found.problem == "paywall"
    assert found.paragraphs == (sentence(1), sentence(2))


@pytest.mark.parametrize(
    "words",
    [
        "The magazine asks readers to subscribe, and many did so last year.",
        "He became a subscriber in 1974 and never read the last page.",
        "Подписка на газету подорожала на треть, сообщили в редакции.",
    ],
)
def test_a_story_about_subscriptions_is_no_paywall(words: str) -> None:
    found = text_of(page(sentence(1), words, sentence(2)))
    assert (found.problem, found.paragraphs) == (None, (sentence(1), words, sentence(2)))


def test_what_a_page_declares_to_be_for_subscribers_is_not_taken() -> None:
    found = text_of((PAGES / "paywall_declared.html").read_bytes())
    assert found.problem == "paywall"
    assert "minutes of a council" not in " ".join(found.paragraphs)
