"""Topics are found by what people type for them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topic import (
    Catalogue,
    CatalogueError,
    Topic,
    TopicError,
    TopicId,
    TopicKind,
    own_words,
    read_catalogue,
)

TOML = """
[[topic]]
id = "turkey"
kind = "country"
name = { en = "Turkey", az = "Türkiyə", tr = "Türkiye" }
words = { en = ["Turkey", "Ankara"], tr = ["Türkiye", "Ankara"] }
decoys = ["Thanksgiving Turkey"]
aliases = ["Asia Minor"]

[[topic]]
id = "middle-east"
kind = "region"
name = { en = "Middle East", ru = "Ближний Восток" }
words = { en = ["Middle East"] }

[[topic]]
id = "oil"
kind = "subject"
name = { en = "Oil" }
words = { en = ["oil"] }
"""

OIL = TOML[TOML.index('[[topic]]\nid = "oil"') :]


@pytest.fixture
def catalogue() -> Catalogue:
    return read_catalogue(TOML)


def found(catalogue: Catalogue, typed: str) -> str | None:
    topic = catalogue.find(typed)
    return topic.id if topic else None


@pytest.mark.parametrize("typed", ["Turkey", "turkey", " TÜRKİYE ", "turkiye", "Türkiyə", "asia  minor"])
def test_a_topic_answers_to_its_names_in_any_language_case_and_accents(catalogue: Catalogue, typed: str) -> None:
    assert found(catalogue, typed) == "turkey"


@pytest.mark.parametrize("typed", ["middle-east", "middle east", "ближний восток", "Middle-East!"])
def test_punctuation_in_a_name_is_no_matter(catalogue: Catalogue, typed: str) -> None:
    assert found(catalogue, typed) == "middle-east"


def test_a_word_of_a_topic_is_not_its_name(catalogue: Catalogue) -> None:
    assert catalogue.find("Ankara") is None


def test_a_topic_is_found_by_its_id(catalogue: Catalogue) -> None:
    topic = catalogue.by_id(TopicId("oil"))
    assert topic is not None
    assert topic.kind is TopicKind.SUBJECT
    assert catalogue.by_id(TopicId("OIL")) is None


def test_the_name_falls_back_to_english(catalogue: Catalogue) -> None:
    topic = catalogue.by_id(TopicId("turkey"))
    assert topic is not None
    assert (topic.name("az"), topic.name("ru")) == ("Türkiyə", "Turkey")
    assert topic.words == ("Turkey", "Ankara", "Türkiye")
    assert hash(topic) == hash(topic)


@pytest.mark.parametrize(
    ("typed", "first"), [("tur", "turkey"), ("east", "middle-east"), ("Turkay", "turkey"), ("", "turkey")]
)
def test_suggestions_begin_hold_or_resemble_what_is_typed(catalogue: Catalogue, typed: str, first: str) -> None:
    assert catalogue.suggest(typed)[0].id == first


def test_there_are_no_more_suggestions_than_asked_for_and_none_twice(catalogue: Catalogue) -> None:
    assert [topic.id for topic in catalogue.suggest("", limit=2)] == ["turkey", "middle-east"]
    assert [topic.id for topic in catalogue.suggest("t")] == ["turkey"]
    assert catalogue.suggest("xyzzy") == ()


def test_the_catalogue_keeps_the_order_of_its_file(catalogue: Catalogue) -> None:
    assert [topic.id for topic in catalogue] == ["turkey", "middle-east", "oil"]
    assert len(catalogue) == 3


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[topic", "not valid TOML"),
        ("", "no \\[\\[topic\\]\\]"),
        ('[[topic]]\nid = "Oil"', "small letters"),
        ('[[topic]]\nid = "oil"\nkind = "subject"', "no English name"),
        ('[[topic]]\nid = "oil"\nkind = "subject"\nname = {en = "Oil"}', "no words"),
        ('[[topic]]\nid = "oil"\nkind = "words"\nname = {en = "Oil"}\nwords = {en = ["oil"]}', "region, subject"),
        (TOML + TOML, 'two topics "turkey"'),
        (TOML + OIL.replace('"oil"\nkind', '"petrol"\nkind'), "both answer to"),
    ],
)  # fmt: skip
def test_a_wrong_catalogue_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(text)


def test_own_words_are_the_same_topic_however_they_are_written() -> None:
    assert own_words("  Gəncə  zavodu ").id == own_words("gence ZAVODU!").id == "words:gence zavodu"
    topic = own_words("  Gəncə  zavodu ")
    assert topic.kind is TopicKind.WORDS
    assert topic.name("en") == "Gəncə zavodu"


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("", "at least one word"),
        ("!?", "at least one word"),
        ("a", "two letters"),
        ("long " * 13, "64 characters"),
        ("one two three four five six", "6 words"),
    ],
)
def test_words_that_cannot_be_a_topic_get_a_sentence(phrase: str, complaint: str) -> None:
    with pytest.raises(TopicError, match=complaint):
        own_words(phrase)


@given(st.text(max_size=80))
def test_any_phrase_is_a_topic_or_an_error_and_a_topic_is_stable(phrase: str) -> None:
    with suppress(TopicError):
        topic = own_words(phrase)
        assert own_words(topic.names[""]) == topic


def test_two_topics_cannot_share_a_name() -> None:
    def topic(topic_id: str) -> Topic:
        return Topic(id=TopicId(topic_id), kind=TopicKind.SUBJECT, names={"en": "Same"}, words=("same",))

    with pytest.raises(CatalogueError, match='"a" and "b" both answer to "Same"'):
        Catalogue([topic("a"), topic("b")])
