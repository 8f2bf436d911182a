"""Texts are about the topics that they speak of, and about no others."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.matching import Match, Matcher
from bot.domain.topic import Topic, TopicId, TopicKind, own_words
from bot.domain.turkic import is_turkic, turkic_roots
from bot.domain.words import stem, tokens


def topic(topic_id: str, *words: str, kind: TopicKind = TopicKind.COUNTRY, decoys: tuple[str, ...] = ()) -> Topic:
    return Topic(id=TopicId(topic_id), kind=kind, names={"en": topic_id}, words=words, decoys=decoys)


MATCHER = Matcher(
    [
        topic("azerbaijan", "Azerbaijan", "Azərbaycan", "Азербайджан", "азербайджанский", "Bakı"),
        topic("iran", "Iran", "Иран", "İran"),
        topic("iraq", "Iraq", "Ирак"),
        topic("oman", "Oman"),
        topic("mali", "Mali"),
        topic("niger", "Niger", "Nijer", decoys=("Niger Delta",)),
        topic("nigeria", "Nigeria", "Nijerya"),
        topic("sudan", "Sudan"),
        topic("south-sudan", "South Sudan"),
        topic("germany", "Германия"),
        topic("russia", "Россия", "российский", "Rusiya"),
        topic("saudi-arabia", "Саудовская Аравия"),
        topic("turkey", "Turkey"),
        topic("united-states", "=US", "U.S.", "American"),
        topic("india", "Indian"),
        topic("oil", "oil", "oil tanker", kind=TopicKind.SUBJECT, decoys=("olive oil",)),
        topic("floods", "flood", "flooding", kind=TopicKind.SUBJECT),
    ]
)


def about(text: str) -> set[str]:
    return {str(match.topic_id) for match in MATCHER.match(text, ())}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Azerbaijan’s oil", {"azerbaijan", "oil"}),
        ("The Iran-Iraq border", {"iran", "iraq"}),
        ("Floods in Oman", {"floods", "oman"}),
        ("U.S. ships, then-U.S. ships", {"united-states"}),
        ("The US. And then?", {"united-states"}),
        ("Azərbaycanda və Rusiyada yağış gözlənilir, İrandan isə külək əsəcək", {"azerbaijan", "russia", "iran"}),
        ("Azərbaycanlıların Bakıdakı görüşü", {"azerbaijan"}),
        ("Azerbaycan'ın başkenti", {"azerbaijan"}),
        ("Nijerya'daki köylüler için yardım çağrısı yapıldı", {"nigeria"}),
        ("Nijeryalılar ve Nijer'deki köylüler için yardım çağrısı", {"nigeria", "niger"}),
        ("Nijerya ve İran'daki köylüler için yardım çağrısı", {"nigeria", "iran"}),
        ("В Иране и Ираке", {"iran", "iraq"}),
        ("Из России в Германию", {"russia", "germany"}),
        ("российскими и азербайджанского", {"russia", "azerbaijan"}),
        ("В Саудовскую Аравию и из Саудовской Аравии", {"saudi-arabia"}),
    ],
)
def test_inflected_forms_are_found(text: str, topics: set[str]) -> None:
    assert about(text) == topics


@pytest.mark.parametrize(
    "text",
    [
        "A woman and a Roman walked",
        "They told us to wait, and some of us did",
        "LET US GO HOME",
        "US$5 million",
        "turkey with plums",
        "Malik met Malia",
        "Indiana and Louisiana",
        "Герман Греф и Германа Грефа",
        "Olive oil is dear",
        "Iranun and Omana",
    ],
)
def test_what_only_looks_alike_is_not_meant(text: str) -> None:
    assert about(text) == set()


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("South Sudan votes", {"south-sudan"}),
        ("South Sudan and Sudan vote", {"south-sudan", "sudan"}),
        ("Sudan; South Sudan votes", {"south-sudan", "sudan"}),
        ("Villages in the Niger Delta", set()),
        ("Villages in the Niger Delta and in Niger", {"niger"}),
        ("Nigeria, not Niger", {"nigeria", "niger"}),
        ("An oil tanker and olive oil", {"oil"}),
    ],
)
def test_a_longer_name_hides_the_shorter_one_inside_it_only(text: str, topics: set[str]) -> None:
    assert about(text) == topics


def test_a_match_tells_the_word_and_the_first_place() -> None:
    assert MATCHER.match("Prices rise", ("Nothing here.", "The U.S. sells Oman’s Oil.")) == (
        Match(topic_id=TopicId("united-states"), word="US", paragraph=2),
        Match(topic_id=TopicId("oman"), word="Oman", paragraph=2),
        Match(topic_id=TopicId("oil"), word="Oil", paragraph=2),
    )


def test_what_is_mentioned_in_passing_is_not_what_a_text_is_about() -> None:
    filler = ("Nothing here.",) * 4
    assert MATCHER.match("Title", (*filler, "Iran was named.")) == ()
    assert [match.paragraph for match in MATCHER.match("Title", (*filler, "Iran here.", "Iran there."))] == [5]


def test_a_readers_own_words_count_wherever_they_stand() -> None:
    matcher = Matcher([own_words("floating Library")])
    (match,) = matcher.match("Title", (*("Nothing.",) * 9, "The Floating libraries of Skarv opened."))
    assert (match.topic_id, match.word, match.paragraph) == ("words:floating library", "Floating libraries", 10)


def test_own_words_and_the_topic_in_them_are_both_found() -> None:
    matcher = Matcher(
        [topic("oil", "oil", kind=TopicKind.SUBJECT), own_words("oil prices"), own_words("бакинская нефть")]
    )
    assert [m.topic_id for m in matcher.match("Oil price falls", ())] == ["words:oil prices", "oil"]
    assert [m.topic_id for m in matcher.match("Цена бакинской нефти", ())] == ["words:бакинская нефть"]


def test_a_topic_can_be_added_changed_and_removed() -> None:
    matcher = Matcher()
    assert matcher.match("Oil", ()) == ()
    matcher.add(topic("x", "oil", "crude oil"))
    matcher.add(topic("y", "oil"))
    assert [m.topic_id for m in matcher.match("Oil", ())] == ["x", "y"]
    matcher.add(topic("x", "gas"))
    assert [m.topic_id for m in matcher.match("Oil and gas", ())] == ["y", "x"]
    matcher.remove(TopicId("y"))
    matcher.remove(TopicId("y"))
    assert [m.topic_id for m in matcher.match("Crude oil and gas", ())] == ["x"]


def test_ten_thousand_own_words_do_not_slow_a_text_down() -> None:
    matcher = Matcher([own_words(f"oil word{number} of mine") for number in range(10_000)])
    started = time.process_time()
    found = matcher.match("Oil", [f"There is oil word{number} of mine here." for number in range(200)])
    assert time.process_time() - started < 0.5
    assert len(found) == 200


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=4))
def test_any_text_can_be_read_and_gives_each_topic_once(title: str, paragraphs: list[str]) -> None:
    matches = MATCHER.match(title, paragraphs)
    assert len({match.topic_id for match in matches}) == len(matches)
    assert all(match.word and 0 <= match.paragraph <= len(paragraphs) for match in matches)


@given(
    st.text(alphabet=st.characters(categories=["L"]), min_size=2, max_size=20),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_own_words_are_found_in_any_text_that_has_them_as_words(word: str, before: str, after: str) -> None:
    found = Matcher([own_words(word)]).match(f"{before} — {word} — {after}", ())
    assert len(found) == 1


PIECES = (
    "Nijerya'daki",
    "nijer",
    "Acid,",
    "acid",
    "rains",
    "rain",
    "rainy-day",
    "—",
    "U.S.",
    "rainlerin",
    "yağış",
    "O'Brien",
)
KEYS = ("acid", "rain", "nijerya", "rainy", "day", "us", "yagis", "brien", "nije")
OWN = st.lists(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4).map(" ".join), max_size=12)
PARAGRAPHS = st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), min_size=1, max_size=4)


@settings(max_examples=40)
@given(OWN, OWN, PARAGRAPHS)
def test_own_words_are_found_exactly_where_a_plain_search_finds_them(
    first: list[str], later: list[str], paragraphs: list[str]
) -> None:
    matcher = Matcher()
    for followed in (first, first + later):
        for phrase in followed:
            matcher.add(own_words(phrase))
        found = {(match.topic_id, match.paragraph) for match in matcher.match("", paragraphs)}
        assert found == {
            (own_words(phrase).id, place)
            for phrase in followed
            if (place := plain_search(phrase, paragraphs)) is not None
        }


def plain_search(phrase: str, paragraphs: list[str]) -> int | None:
    """The number of the first paragraph that has the phrase, with its last word inflected as Turkic words are."""
    *before, last = [stem(word) for word in phrase.split()]
    turkic = is_turkic("\n".join(("", *paragraphs)))
    for number, paragraph in enumerate(paragraphs, start=1):
        read = tokens(paragraph)
        roots = [turkic_roots(word) if turkic else () for word in read.folded]
        words = [(word, *besides) for word, besides in zip(read.stems, roots, strict=True)]
        for at in range(len(words) - len(before)):
            if [word for word, *_ in words[at : at + len(before)]] == before and last in words[at + len(before)]:
                return number
    return None
