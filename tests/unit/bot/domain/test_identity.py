"""The same article is recognised however its publisher dresses it."""

from datetime import UTC, datetime

import pytest

from bot.domain.article import Draft, is_correction
from bot.domain.identity import canonical_link, identity_keys, text_key
from bot.domain.source import SourceId

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SOURCE = SourceId(1)


def keys(draft: Draft) -> set[str]:
    return set(identity_keys(SOURCE, draft, seen_at=NOW))


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/a",
        "https://www.example.org/a",
        "https://EXAMPLE.org/a/",
        "https://example.org/a?utm_source=feed&utm_medium=rss",
        "https://example.org/a#comments",
        "https://example.org:443/a?fbclid=123",
    ],
)
def test_what_publishers_change_at_whim_makes_no_new_link(other: str) -> None:
    assert canonical_link(other) == canonical_link("https://example.org/a")


@pytest.mark.parametrize("other", ["https://example.org/b", "https://example.org/a?id=2", "https://example.net/a"])
def test_another_page_is_another_link(other: str) -> None:
    assert canonical_link(other) != canonical_link("https://example.org/a")


@pytest.mark.parametrize("text", ["", "mailto:a@b.c", "javascript:alert(1)", "http://[", "https://", "not a link"])
def test_what_is_no_web_address_has_no_canonical_form(text: str) -> None:
    assert canonical_link(text) is None


def test_a_guid_that_turns_to_https_is_the_same_guid() -> None:
    before = Draft(title="A", guid="http://example.org/?p=1")
    after = Draft(title="A", guid="https://example.org/?p=1")
    assert keys(before) & keys(after)


def test_a_changed_guid_with_the_same_link_is_the_same_article() -> None:
    before = Draft(title="A", guid="tag:1", link="https://example.org/a")
    after = Draft(title="A, corrected", guid="tag:2", link="https://example.org/a")
    assert keys(before) & keys(after)


def test_a_bumped_date_or_title_is_no_new_article() -> None:
    before = Draft(title="A", guid="1", published_at=NOW)
    after = Draft(title="B", guid="1", published_at=NOW.replace(month=6))
    assert keys(before) == keys(after)


def test_the_same_guid_in_another_feed_is_another_article() -> None:
    draft = Draft(title="A", guid="1")
    assert not set(identity_keys(SourceId(2), draft, seen_at=NOW)) & keys(draft)


def test_without_guid_and_link_title_and_day_decide() -> None:
    draft = Draft(title="A", paragraphs=("First.",), published_at=NOW)
    assert keys(draft) == keys(Draft(title="a", paragraphs=("First.",), published_at=NOW.replace(hour=23)))
    assert keys(draft) != keys(Draft(title="A", paragraphs=("First.",), published_at=NOW.replace(day=6)))
    assert keys(draft) != keys(Draft(title="A", paragraphs=("Another.",), published_at=NOW))


def test_an_empty_guid_is_none() -> None:
    assert keys(Draft(title="A", guid="  ", link="https://example.org/a")) == keys(
        Draft(title="A", link="https://example.org/a")
    )


def test_a_text_is_known_by_its_words_on_whatever_page() -> None:
    draft = Draft(title="A", paragraphs=("One  two.",))
    assert text_key(draft) == text_key(Draft(title="a", paragraphs=("one two.",)))
    assert text_key(draft) != text_key(Draft(title="A", paragraphs=("One two three.",)))


def test_only_what_readers_would_notice_is_a_correction() -> None:
    draft = Draft(title="A", paragraphs=("One.",), published_at=NOW)
    assert not is_correction(draft, Draft(title="A", paragraphs=("One.",), published_at=NOW.replace(year=2027)))
    assert is_correction(draft, Draft(title="B", paragraphs=("One.",)))
    assert is_correction(draft, Draft(title="A", paragraphs=("One.", "Two.")))
