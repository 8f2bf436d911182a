"""The catalogue that comes with the desk puts news where a reader would look for it."""

from functools import cache
from pathlib import Path

import pytest

from adapters.feeds.plain_page import PlainStory, read_plain_page
from bot.domain.matching import Matcher
from bot.domain.topic import Catalogue, TopicKind, read_catalogue

(SEED,) = Path("seeds/pages").glob("*.txt")


@cache
def catalogue() -> Catalogue:
    return read_catalogue(Path("seeds/topics.toml").read_text(encoding="utf-8"))


@cache
def matcher() -> Matcher:
    return Matcher(catalogue())


@cache
def stories() -> tuple[PlainStory, ...]:
    return read_plain_page(SEED.read_text(encoding="utf-8")).stories


def about(title: str, *paragraphs: str) -> tuple[set[str], set[str]]:
    """The places and the subjects of a text."""
    ids = [match.topic_id for match in matcher().match(title, paragraphs)]
    topics = [topic for topic in map(catalogue().by_id, ids) if topic]
    places = {str(topic.id) for topic in topics if topic.kind is not TopicKind.SUBJECT}
    return places, {str(topic.id) for topic in topics if topic.kind is TopicKind.SUBJECT}


@pytest.mark.parametrize(
    ("number", "places", "subjects"),
    [
        (1, {"bulgaria"}, {"weather", "floods"}),
        (2, {"azerbaijan", "gaza", "israel", "united-states", "middle-east"}, {"war", "diplomacy"}),
        (3, {"germany", "united-states"}, {"media"}),
        (4, {"japan", "china"}, {"diplomacy", "trade"}),
        (5, {"united-states", "middle-east"}, {"war", "aviation"}),
        (6, {"iran"}, {"crime", "human-rights"}),
        (7, {"russia"}, {"aviation"}),
        (8, {"yemen", "saudi-arabia", "united-arab-emirates"}, {"war", "diplomacy"}),
        (9, {"azerbaijan", "armenia"}, {"oil", "transport"}),
        (10, {"azerbaijan", "syria"}, {"trade", "business", "economy", "diplomacy"}),
        (11, {"azerbaijan", "russia"}, {"diplomacy"}),
        (12, {"russia", "kazakhstan", "azerbaijan"}, {"weather", "aviation", "crime"}),
    ],
)
def test_each_story_of_the_seed_is_in_its_topics(number: int, places: set[str], subjects: set[str]) -> None:
    story = stories()[number - 1]
    assert about(story.title, *(story.paragraphs or (story.teaser or "",))) == (places, subjects)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Bakıda Gürcüstan və Türkiyə prezidentləri görüşüb", {"azerbaijan", "georgia", "turkey"}),
        ("Çinin xarici işlər naziri İrana gedib, İraqdan qayıdıb", {"china", "iran", "iraq"}),
        ("ABŞ-ın Qəzzaya yardımı Misirdən gəlir", {"united-states", "gaza", "egypt"}),
        ("Almanya’nın Fas’a ve Çin’e ihracatı arttı", {"germany", "morocco", "china"}),
        ("Президент Казахстана и посол Кубы в Ташкенте", {"kazakhstan", "uzbekistan", "cuba"}),
        ("В Москве ждут делегацию из Саудовской Аравии и ОАЭ", {"russia", "saudi-arabia", "united-arab-emirates"}),
        ("Guinea-Bissau and Papua New Guinea meet", {"guinea-bissau", "papua-new-guinea"}),
        ("The Democratic Republic of the Congo and the Republic of the Congo", {"dr-congo", "republic-of-the-congo"}),
        ("North Korea fired a missile, South Korea said", {"north-korea", "south-korea"}),
        ("South Africa wins in New Zealand", {"south-africa", "new-zealand"}),
        ("Latin American leaders meet in Brazil", {"latin-america", "brazil"}),
        ("Dominica is no part of the Dominican Republic", {"dominica", "dominican-republic"}),
        ("The European Union and Europe", {"european-union", "europe"}),
        ("London talks with the Emirates", {"united-kingdom", "united-arab-emirates"}),
    ],
)  # fmt: skip
def test_places_are_found_in_four_languages(text: str, places: set[str]) -> None:
    assert about(text)[0] == places


@pytest.mark.parametrize(
    "text",
    [
        "A woman fed a turkey on china plates, and she told us so",
        "Michael Jordan met Chadwick in New England and New Mexico",
        "The Washington Post writes about guinea pigs",
        "OpenAI releases a new AI model",
        "Qatar reysi ləğv edilib",
        "Того же мнения придерживается и кит: его кита видели вчера",
        "Malik and Nigella watched a jersey game; mali is a word",
        "Indiana beat Georgia Tech",
        "LET US PRAY, THEY SAID",
    ],
)
def test_words_that_look_like_places_are_none(text: str) -> None:
    assert about(text)[0] == set()


def test_every_topic_has_names_and_words_in_four_languages() -> None:
    for topic in catalogue():
        assert set(topic.names) == {"en", "az", "ru", "tr"}, topic.id
        assert len(topic.words) >= 2, topic.id


@pytest.mark.parametrize("kind", [TopicKind.COUNTRY, TopicKind.REGION, TopicKind.SUBJECT])
def test_each_kind_is_well_stocked(kind: TopicKind) -> None:
    least = {TopicKind.COUNTRY: 197, TopicKind.REGION: 20, TopicKind.SUBJECT: 30}[kind]
    assert sum(topic.kind is kind for topic in catalogue()) >= least


@pytest.mark.parametrize(
    ("typed", "topic_id"),
    [
        ("usa", "united-states"), ("America", "united-states"), ("США", "united-states"), ("abş", "united-states"),
        ("UK", "united-kingdom"), ("azerbaycan", "azerbaijan"), ("Türkiye", "turkey"), ("ОАЭ", "united-arab-emirates"),
        ("нефть", "oil"), ("neft", "oil"), ("yapay zeka", "artificial-intelligence"), ("qəzza", "gaza"),
        ("middle east", "middle-east"), ("kosovo", "kosovo"), ("soccer", "football"),
    ],
)  # fmt: skip
def test_topics_answer_to_what_people_type(typed: str, topic_id: str) -> None:
    topic = catalogue().find(typed)
    assert topic is not None
    assert topic.id == topic_id


def test_a_slip_of_the_finger_is_put_right() -> None:
    assert catalogue().suggest("Azerbajan")[0].id == "azerbaijan"
    assert "germany" in [topic.id for topic in catalogue().suggest("Germny")]
