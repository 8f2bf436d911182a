"""Furniture is known from stories about the same things."""

import pytest

from adapters.feeds.page_furniture import Furniture, furniture


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("You can download the AnewZ application from Play Store and the App Store.", Furniture.FOOTER),
        ("Uygulamamızı App Store ve Google Play'den indirebilirsiniz.", Furniture.FOOTER),
        ("© 2026 The Valmere Courier. All rights reserved.", Furniture.FOOTER),
        ("What is your opinion on this topic?", Furniture.OPINION),
        ("Leave the first comment", Furniture.OPINION),
        ("Fikriniz necədir?", Furniture.OPINION),
        ("Şərh yazın", Furniture.OPINION),
        ("Каково ваше мнение по этому вопросу?", Furniture.OPINION),
        ("Комментарии (0)", Furniture.OPINION),
        ("Bu konuda ne düşünüyorsunuz?", Furniture.OPINION),
        ("İlk yorumu siz yapın", Furniture.OPINION),
        ("* * *", Furniture.SEPARATOR),
        ("Read more", Furniture.SEPARATOR),
        ("Ətraflı", Furniture.SEPARATOR),
        ("Share this article on Facebook", Furniture.NOISE),
        ("Facebook | X | WhatsApp", Furniture.NOISE),
        ("Paylaş", Furniture.NOISE),
        ("We use cookies to make this site better for you.", Furniture.NOISE),
        ("Мы используем файлы cookie", Furniture.NOISE),
        ("2 hours ago", Furniture.NOISE),
        ("12:40, 5 January 2026", Furniture.NOISE),
        ("By Mara Lindqvist", Furniture.NOISE),
    ],
)
def test_furniture_is_known(line: str, kind: Furniture) -> None:
    assert furniture(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "Apple has removed the game from the App Store after complaints, and Google followed on Play Store.",
        "The newspaper asked readers what they think of the bridge and received four hundred answers.",
        "Yeni proqram çərçivəsində əlli nəfər iş əldə edib, nazirlik bildirib.",
        "Shares of the airline fell by four per cent.",
        "Комментарии министра вызвали спор в парламенте, пишут газеты.",
        "Comments by the minister on 5 January caused a row in parliament.",
        "Published figures show that 5 per cent more people travelled by train.",
        "By the river, the town waits.",
        "By Sunday the water will fall.",
        "Türkiyənin cənubunda güclü yağış evləri su basıb.",
    ],
)
def test_stories_are_not_furniture(line: str) -> None:
    assert furniture(line) is None
