"""The same article is recognised however its publisher dresses it."""

from datetime import UTC, datetime

import pytest

from bot.domain.article import Draft, is_correction
from bot.domain.identity import are_alike, canonical_link, path_of, signs_of, text_key
from bot.domain.source import Identity, Source, SourceId, SourceKind

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def source(number: int = 1, *, site: str | None = None, identity: Identity = Identity.GUID) -> Source:
    return Source(
        id=SourceId(number),
        kind=SourceKind.FEED,
        address="https://example.org/feed",
        title="The Wire",
        site=site,
        added_at=NOW,
        next_read_at=NOW,
        identity=identity,
    )


def keys(draft: Draft, *, by: Source | None = None) -> set[str]:
    return set(signs_of(by or source(), draft).keys)


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
    assert keys(before) & keys(after)


def test_the_same_guid_in_another_feed_is_another_article() -> None:
    draft = Draft(title="A", guid="1", link="https://example.org/a", paragraphs=("One.",))
    assert not keys(draft) & keys(draft, by=source(2))


def test_words_are_a_sign_of_title_and_day_or_of_the_opening() -> None:
    told = signs_of(source(), Draft(title="A  title", paragraphs=("First.",), published_at=NOW))
    later = signs_of(source(), Draft(title="a Title", paragraphs=("Other.",), published_at=NOW.replace(hour=23)))
    edited = signs_of(source(), Draft(title="B", paragraphs=("First.",), published_at=NOW.replace(day=6)))
    assert told.title == later.title != edited.title
    assert told.opening == edited.opening != later.opening


def test_without_a_date_the_title_alone_is_the_sign_on_whatever_day_it_is_seen() -> None:
    assert signs_of(source(), Draft(title="A")).keys == signs_of(source(), Draft(title="a")).keys


def test_an_empty_guid_is_none() -> None:
    assert keys(Draft(title="A", guid="  ", link="https://example.org/a")) == keys(
        Draft(title="A", link="https://example.org/a")
    )


@pytest.mark.parametrize("link", ["https://example.org/", "http://www.example.org", "https://example.org/news/"])
def test_a_link_to_the_site_itself_names_no_article(link: str) -> None:
    assert signs_of(source(site="https://example.org/news"), Draft(title="A", link=link)).link is None


def test_what_has_not_proved_itself_is_no_sign() -> None:
    draft = Draft(title="A", guid="1", link="https://example.org/a")
    by_link = signs_of(source(identity=Identity.LINK), draft)
    by_words = signs_of(source(identity=Identity.WORDS), draft)
    assert (by_link.guid, by_words.guid, by_words.link) == (None, None, None)
    assert by_link.link
    assert by_words.keys


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("https://example.org/a/b?x=1", "a/b?x=1"),
        ("https://example.org/", ""),
        ("mailto:a@b.c", ""),
        (None, ""),
    ],
)
def test_the_path_is_what_two_hosts_of_a_site_share(link: str | None, path: str) -> None:
    assert path_of(link) == path


def test_texts_that_share_half_of_their_words_are_alike() -> None:
    assert are_alike("Minister resigns today", "Minister resigns")
    assert not are_alike("Minister resigns today", "Ferry sinks off the coast")
    assert not are_alike("", "")


def test_a_text_is_known_by_its_words_on_whatever_page() -> None:
    draft = Draft(title="A", paragraphs=("One  two.",))
    assert text_key(draft) == text_key(Draft(title="a", paragraphs=("one two.",)))
    assert text_key(draft) != text_key(Draft(title="A", paragraphs=("One two three.",)))


def test_only_what_readers_would_notice_is_a_correction() -> None:
    draft = Draft(title="A", paragraphs=("One.",), published_at=NOW)
    assert not is_correction(draft, Draft(title="A", paragraphs=("One.",), published_at=NOW.replace(year=2027)))
    assert is_correction(draft, Draft(title="B", paragraphs=("One.",)))
    assert is_correction(draft, Draft(title="A", paragraphs=("One.", "Two.")))
