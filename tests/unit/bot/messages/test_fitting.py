"""Cutting texts loses no paragraph and splits no word."""

from hypothesis import given
from hypothesis import strategies as st

from bot.messages.action import Action, Verb
from bot.messages.fitting import ELLIPSIS, fit, grid, paginate, shorten
from bot.messages.limits import Limits
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import plain, text


def utf16(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


LIMITS = Limits(measure=utf16, text=400, label=12, buttons_in_row=3, rows=4)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=600)


@given(WORDS, st.integers(1, 300))
def test_a_shortened_text_fits_and_begins_as_the_text_does(words: str, room: int) -> None:
    short = shorten(words, room, utf16)
    assert utf16(short) <= room
    assert short == words or words.startswith(short.removesuffix(ELLIPSIS))


def test_a_cut_never_falls_inside_a_word() -> None:
    sentence = "pushing the Krumovitsa River close to overflowing"
    for room in range(12, len(sentence)):
        kept = shorten(sentence, room).removesuffix(ELLIPSIS)
        assert sentence == kept or sentence[len(kept)] == " "


@given(st.lists(WORDS, max_size=12), st.integers(4, 500))
def test_pages_hold_every_word_in_order_and_none_is_too_long(paragraphs: list[str], room: int) -> None:
    pages = paginate(tuple(Block(text=text(paragraph)) for paragraph in paragraphs), room, utf16)
    assert "".join(plain(block.text) for page in pages for block in page) == "".join(paragraphs)
    assert all(utf16("\n\n".join(plain(block.text) for block in page)) <= room for page in pages)


def test_a_paragraph_that_fits_on_a_page_is_never_split() -> None:
    paragraphs = ["one " * 20, "two " * 20, "three " * 20]
    pages = paginate(tuple(Block(text=text(paragraph)) for paragraph in paragraphs), 150, len)
    assert [plain(block.text) for page in pages for block in page] == paragraphs


def test_no_blocks_make_one_empty_page() -> None:
    assert paginate((), 100, len) == ((),)


@given(WORDS, st.lists(WORDS, max_size=6))
def test_a_fitted_post_is_within_the_platform_s_measure(title: str, paragraphs: list[str]) -> None:
    post = Post(
        tone=Tone.NEWS,
        title=title,
        byline=text("A source · ", "5 Jan"),
        blocks=tuple(Block(text=text(paragraph)) for paragraph in paragraphs),
    )
    fitted = fit(post, LIMITS)
    shown = [fitted.title or "", plain(fitted.byline), *(plain(block.text) for block in fitted.blocks)]
    assert sum(utf16(part) for part in shown) <= LIMITS.text


def test_buttons_wrap_into_the_grid_and_labels_are_cut() -> None:
    row = tuple(Control(label=f"Number {n} of many", action=Action(verb=Verb.READ, subject=n)) for n in range(7))
    rows = grid((row,), LIMITS)
    assert [len(one) for one in rows] == [3, 3, 1]
    assert all(len(control.label) <= 12 for one in rows for control in one)
