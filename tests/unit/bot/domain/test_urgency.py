"""Breaking news is what its source calls so."""

import pytest

from bot.domain.urgency import is_breaking


@pytest.mark.parametrize(
    "title",
    [
        "BREAKING: Dam bursts above Velmora",
        "Breaking news: Dam bursts",
        "Breaking | Dam bursts",
        "[BREAKING] Dam bursts",
        "🔴 Breaking — Dam bursts",
        "Just in: Dam bursts",
        "URGENT - Dam bursts",
        "Срочно: прорвало плотину",
        "⚡️Молния! Прорвало плотину",
        "SON DAKİKA: Baraj yıkıldı",
        "Son dakika! Baraj yıkıldı",
        "ACİL - Baraj yıkıldı",
        "SON DƏQİQƏ: Bənd dağıldı",
        "Təcili: bənd dağıldı",
    ],
)
def test_a_headline_that_begins_with_the_newsrooms_mark_cannot_wait(title: str) -> None:
    assert is_breaking(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Breaking bread with the neighbours",
        "Breaking the silence: a village speaks",
        "Record-breaking: the hottest May",
        "Urgent care centres close at night",
        "Срочное собрание отложено",
        "Молния ударила в башню",
        "Acil servis yenilendi",
        "Təcili yardım gecikdi",
        "The dam: breaking",
    ],
)
def test_the_same_words_in_a_sentence_make_no_breaking_news(title: str) -> None:
    assert not is_breaking(title)
