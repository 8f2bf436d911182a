"""Lines that stand on every page and belong to no story: app promotion, opinion prompts, share lines, notices."""

import re
from enum import StrEnum

from adapters.feeds.page_invitations import is_invitation

_LONGEST_LINE = 240


class Furniture(StrEnum):
    """What a line that belongs to no story is for."""

    FOOTER = "footer"
    """The source about itself: its app, its rights."""
    OPINION = "opinion"
    """Asks readers what they think."""
    SEPARATOR = "separator"
    """Stands between stories: a rule, a "read more"."""
    NOISE = "noise"
    """Serves the page alone: sharing, cookies, advertising, time stamps."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_STORE = r"(?:google )?play(?: ?store| ?market)?|app ?store|app ?gallery|google play"
# Whole lines, so that a story about an app shop or about comments stays a story. In order: English, Azerbaijani,
# Russian, Turkish.
_PATTERNS = {
    Furniture.FOOTER: _any(
        rf"(?:you can )?(?:now )?(?:download|install|get) (?:the |our |it).{{0,80}}\b(?:{_STORE})\W*",
        rf"(?:available|get it|download) (?:now )?(?:on|from|in) (?:the )?(?:{_STORE})\W*",
        rf".{{0,80}}\b(?:{_STORE})\b.{{0,60}}(?:yükləyin|yükləyə bilərsiniz|endirin|endirə bilərsiniz)\W*",
        rf".{{0,80}}\b(?:{_STORE})\b.{{0,60}}(?:indirin|indirebilirsiniz|yükleyin|yükleyebilirsiniz)\W*",
        r".{0,60}\btətbiq\w*.{0,40}(?:yükləyin|yükləyə bilərsiniz|endirin|endirə bilərsiniz)\W*",
        r"(?:вы можете )?(?:скача|загруз|установ)\w+ .{0,60}приложени\w*.{0,80}",
        r".{0,60}\buygulama\w*.{0,40}\b(?:indirin|indirebilirsiniz|yükleyin|yükleyebilirsiniz)\W*",
        r"(?:copyright )?(?:©|\(c\)).{0,200}",
        r".{0,120}(?:all rights reserved|bütün hüquqlar qorunur|все права защищены|tüm hakları saklıdır)\W*",
    ),
    Furniture.OPINION: _any(
        r"what(?:'s|’s| is| are)? (?:is )?your (?:opinion|view|thought|take)s?\b.{0,60}\?",
        r"what do you think\b.{0,60}\?",
        r"(?:leave|add|write|post) (?:a|the first|your|the) (?:first )?comments?\W*",
        r"(?:be the first to comment|no comments(?: yet)?|comments?)\W*(?:\d+\W*)?",
        r".{0,60}\b(?:fikriniz|rəyiniz|fikirləriniz)\w*\b(?:.{0,30}\?|.{0,30}(?:yaz|bildir|bölüş)\w*\W*)",
        r"(?:ilk )?(?:şərh|rəy)(?:i|ini|inizi|lər)?(?: (?:siz|yaz|bildir|əlavə|burax|edin)\w*)*\W*(?:\d+\W*)?",
        r"(?:а )?(?:что вы (?:об этом )?думаете|(?:каково |какое )?ваше мнение)\b.{0,60}",
        r"(?:оставьте|оставить|напишите|добавить|добавьте) (?:свой |первый |ваш )?комментари\w*(?: первым\w*)?\W*",
        r"(?:комментари[ийяев]+|станьте первым.{0,60}|нет комментариев)\W*(?:\d+\W*)?",
        r".{0,60}\b(?:görüşünüz|düşünceniz)\w*.{0,20}\?|.{0,60}\bne düşünüyorsunuz\W*",
        r"(?:ilk )?yorum(?:u|lar|unuzu)?(?: (?:siz|yap|yaz|bırak|ekle)\w*)*\W*(?:\d+\W*)?",
    ),
    Furniture.SEPARATOR: _any(
        r"[\W_]+",
        r"(?:read|see|learn|find out) more\W*|continue reading\W*|full story\W*|more\W*",
        r"ətraflı\W*|davamı(?:nı oxu)?\W*|(?:читать|подробнее|читать далее|далее)\W*|devamı(?:nı oku)?\W*",
    ),
    Furniture.NOISE: _any(
        r"(?:share|paylaş\w*|поделиться|поделитесь)(?: (?:this|on|with|bu|в|via).{0,60})?\W*",
        r"(?:(?:facebook|twitter|x|whatsapp|telegram|linkedin|вконтакте|e-?mail|print|copy link)(?:[\s,|•·/]+|$))+",
        r"(?:we|this (?:site|website)) uses? cookies\b.{0,180}|cookie (?:policy|settings)\W*",
        r"(?:accept|reject)(?: all)?(?: cookies)?\W*",
        r".{0,80}\b(?:kuki|çerez)\w*.{0,80}(?:istifadə|kullan|qəbul|kabul)\w*.{0,60}",
        r"(?:мы|этот сайт|сайт) использу\w+ .{0,40}(?:cookie|куки).{0,120}",
        r"(?:advertisement|advertising|sponsored|реклама|reklam)\W*",
        r"(?:subscribe to|sign up (?:for|to)|follow us|join us|подписывайтесь|подписаться|подпишитесь).{0,100}",
        r"(?:bizi izləyin|abunə ol\w*|bizi takip edin|abone ol\w*).{0,80}",
        r"(?:published|updated|опубликовано|обновлено|yayınlanma|güncelleme|dərc edilib)(?::| on| at)?\s*\d.{0,40}",
        r"\d{1,2}[:.]\d{2}(?:\W+\d{1,2}[\s./-]\w+[\s./-]\d{2,4})?",
        r"\d{1,2}[\s./-]\w{1,9}[\s./-]\d{4}(?:\W+\d{1,2}[:.]\d{2})?",
        r"\d+ (?:min|minutes?|hours?|days?|dəqiqə|saat|gün|минут\w*|час\w*|дн\w+|dakika)\.? (?:ago|əvvəl|назад|önce)",
        r"(?-i:By [A-ZÀ-ÞĞİŞƏ][\w.’'-]*(?: [A-ZÀ-ÞĞİŞƏ][\w.’'-]*){1,3})",
        r"(?:home|menu|search|log ?in|sign in|ana səhifə|главная|поиск|меню|ana sayfa|menü)",
    ),
}


def furniture(line: str) -> Furniture | None:
    """What the line is for, None if it belongs to a story. The line has no space at its ends."""
    if len(line) > _LONGEST_LINE:
        return None
    kind = next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(line)), None)
    return kind or (Furniture.NOISE if is_invitation(line) else None)
