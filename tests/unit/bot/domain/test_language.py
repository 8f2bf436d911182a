"""The language of an article is told from its words, or not at all."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.article import Draft
from bot.domain.language import common_language, language_of, language_of_text

EVENTS = Path(__file__).parents[3] / "data" / "same_event"


@pytest.mark.parametrize("name", ["english", "russian", "turkish", "azerbaijani"])
def test_news_of_a_few_lines_have_the_language_that_they_are_in(name: str) -> None:
    code = {"english": "en", "russian": "ru", "turkish": "tr", "azerbaijani": "az"}[name]
    told = [
        telling
        for event in tomllib.loads((EVENTS / f"{name}.toml").read_text(encoding="utf-8"))["event"]
        for telling in event["told"]
        if "text" in telling
    ]
    found = Counter(language_of_text(telling["text"]) for telling in told)
    assert found.keys() <= {code, None}
    assert found[code] >= 0.9 * len(told)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Im Hafen ist in der Nacht eine Halle mit Reifen in Flammen aufgegangen.", "de"),
        ("Des rochers se sont détachés dans la nuit et ont recouvert les rails.", "fr"),
        ("La escritora ha ganado este miércoles el premio de novela por su obra.", "es"),
        ("O governo anunciou que não vai aumentar os impostos no próximo ano.", "pt"),
        ("Il governo ha detto che non ci saranno nuove tasse nel prossimo anno.", "it"),
        ("De regering heeft gezegd dat er geen nieuwe belastingen komen in het jaar.", "nl"),
        ("Rząd zapowiedział, że nie będzie nowych podatków w przyszłym roku.", "pl"),
        ("Уряд оголосив, що у наступному році не буде нових податків для громадян.", "uk"),
        ("Правителството обяви, че няма да има нови данъци през следващата година.", "bg"),
        ("Влада је објавила да неће бити нових пореза у следећој години.", "sr"),
        ("Ժողովուրդը ողջունեց նոր կամրջի բացումը", "hy"),
        ("მთავრობამ ახალი ხიდი გახსნა თბილისში", "ka"),
        ("政府は来年の新しい税金はないと発表した。", "ja"),
        ("政府宣布明年不会有新的税收，市民表示欢迎。", "zh"),
        ("정부는 내년에 새로운 세금이 없을 것이라고 발표했다.", "ko"),
        ("أعلنت الحكومة أن الضرائب لن ترتفع في العام المقبل على المواطنين", "ar"),
        ("सरकार ने कहा है कि अगले साल कोई नया कर नहीं होगा", "hi"),
        ("Η κυβέρνηση ανακοίνωσε ότι δεν θα υπάρξουν νέοι φόροι", "el"),
    ],
)
def test_many_languages_are_known(text: str, language: str) -> None:
    assert language_of_text(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "12:30", "OK", "Goal!", "Sporting Lissabon", "https://news.example/2026/03/14", "Привет", "Ajax 2, PSV 1"],
)
def test_too_few_words_speak_for_no_language(text: str) -> None:
    assert language_of_text(text) is None


def test_a_text_half_in_each_of_two_languages_is_in_neither() -> None:
    assert language_of_text("The mayor of the town is here. Der Bürgermeister der Stadt ist auch hier.") is None


def test_a_title_and_a_teaser_do_where_there_is_no_text() -> None:
    assert (
        language_of(Draft(title="Ferries are back", teaser="It was the first time in a year that they went.")) == "en"
    )


def test_a_source_writes_in_the_language_of_most_of_its_articles() -> None:
    english = Draft(title="The ferries are back in the harbour of the town")
    german = Draft(title="Die Fähren sind wieder im Hafen der Stadt und das ist gut")
    assert common_language([english, german, english, Draft(title="12")]) == "en"
    assert common_language([english, german]) is None
    assert common_language([]) is None


@given(st.text(max_size=80))
def test_any_text_has_one_language_of_two_letters_or_none(text: str) -> None:
    found = language_of_text(text)
    assert found is None or (len(found) == 2 and found.isalpha())
