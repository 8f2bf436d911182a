"""What stands between a reader and an article: paywalls, and checks that no robot asks."""

import re
from typing import Any

from adapters.feeds.tidying import tidy

_LONGEST_WALL = 300
_LONGEST_BLOCK = 700


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# What such blocks say in so many words, not what a story about subscriptions might. In order: English, Russian,
# Azerbaijani, Turkish, German, French, Spanish, Dutch, Italian, Polish, Portuguese, Ukrainian, Swedish, Norwegian,
# Danish, Finnish, Japanese, Chinese, Korean, Persian, Arabic.
_WALL = _any(
    r"\b(?:subscribe|sign (?:in|up)|log ?in|register|become a (?:member|subscriber))\b.{0,40}"
    r"\bto (?:continue|keep|finish|unlock|read (?:the (?:full|rest|whole)|this|more))\b.{0,80}",
    r"\bto (?:continue|keep) reading\b.{0,60}\b(?:subscri|sign|log|register|account|member)",
    r"\bto read (?:the (?:full|rest|whole)|this) .{0,60}\b(?:subscri|sign|log ?in|register|account|member)",
    r"\b(?:this|the full) (?:article|story|content|text) is (?:available )?(?:only |exclusively )?(?:available )?"
    r"(?:to|for) (?:our )?(?:paying |registered )?(?:subscribers|members)\b",
    r"\b(?:you have|you['’]ve) (?:reached|used|read) .{0,40}\bfree (?:articles|stories)\b",
    r"\balready (?:a subscriber|a member|have a subscription)\? ?(?:log|sign) ?in\b",
    r"чтобы (?:продолжить чтение|читать (?:дальше|далее|полностью)|прочитать .{0,40}полностью).{0,60}"
    r"(?:подпи|войд|регистр)",
    r"(?:оформите|купите) подписку.{0,60}(?:читать|чтени|доступ)",
    r"(?:материал|статья|текст) доступ\w+ только (?:для )?(?:платн\w+ )?подписчик",
    r"(?:davamını|tam mətni|ardını) oxumaq üçün.{0,60}(?:abunə|daxil|qeydiyyat)",
    r"(?:məqalə|material|xəbər) yalnız abunəçilər üçün",
    r"(?:devamını|tamamını) oku(?:mak|yabilmek) için.{0,60}(?:abone|üye|giriş)",
    r"(?:bu (?:haber|içerik|yazı) )?(?:yalnızca|sadece) aboneler",
    r"(?:um (?:weiterzulesen|den artikel)|jetzt weiterlesen).{0,60}\b(?:abo|abonn|anmeld|registr)",
    r"(?:article|contenu|suite) est réservée? aux abonnés",
    r"(?:contenido|artículo) (?:exclusivo|solo) para suscriptores",
    r"\b(?:lees (?:direct )?verder|om verder te lezen|dit artikel)\b.{0,60}\b(?:abonne|inlog|account)|\bal abonnee\?",
    r"\b(?:per (?:continuare a )?leggere|questo (?:articolo|contenuto))\b.{0,60}\babbona",
    r"\b(?:aby czytać (?:dalej|więcej)|(?:treść|artykuł) dostępn[ya])\b.{0,60}\b(?:subskry|zalog|prenumerat)",
    r"\b(?:para (?:continuar|seguir) (?:a )?(?:lendo|leyendo|ler)|conteúdo exclusivo)\b.{0,60}"
    r"\b(?:assin|suscr|cadastr|entre)",
    r"щоб (?:читати далі|продовжити читання).{0,60}(?:підпи|увійд|передплат)|лише для передплатників",
    r"\bför att (?:läsa (?:vidare|mer)|fortsätta läsa)\b.{0,60}\b(?:prenumer|logga in)|\bendast för prenumeranter",
    r"\bfor å lese (?:videre|saken)\b.{0,60}\b(?:abon|logg)|\bdenne artikel er (?:kun )?for abonnenter",
    r"\bvain tilaajille\b",
    r"この記事は(?:有料)?会員(?:限定|の方)|続きを読むには|(?:订阅|登录)后?(?:可|即可)?(?:继续)?阅读(?:全文)?",
    r"(?:구독|로그인).{0,10}(?:계속|전체).{0,6}(?:읽|보)",
    r"(?:برای ادامه|برای خواندن).{0,60}(?:اشتراک|عضو|وارد)",
    r"(?:اشترك|سجل|سجّل).{0,40}(?:لمواصلة|لمتابعة|لإكمال) القراءة|(?:المقال|المحتوى) متاح للمشتركين فقط",
)
_WALL_NAME = re.compile(
    r"pay-?wall|reg-?wall|subscription-wall|meter-?(?:wall|limit)|content-gate|premium-gate", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN_TAGS = frozenset({"head", "script", "style", "template", "noscript"})

# Marks of the services that ask; they stand in a page's own code, where no story says them.
_CHALLENGE_CODE = _any(
    r"/cdn-cgi/challenge-platform/[^\"']{1,80}orchestrate",
    r"window\._cf_chl_opt",
    r"geo\.captcha-delivery\.com",
    r"id=\"px-captcha\"",
    r"_Incapsula_Resource\?[^\"']{0,20}SWUDNSAI",
    r"check\.ddos-guard\.net/",
    r"/showcaptcha\?cc=",
    r"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|Pardon Our Interruption)\s*</title>",
)
_CHALLENGE = _any(
    r"\b(?:verif(?:y|ying)|confirm|prove|checking)\b.{0,40}\byou(?:['’]re| are) (?:a )?(?:human|not a (?:ro)?bot)",
    r"\bchecking (?:if the site connection is secure|your browser)",
    r"\benable javascript and cookies to continue\b",
    r"\bare you a (?:robot|human)\?",
    r"\bunusual (?:traffic|activity) from your (?:computer|network)",
    r"\baccess (?:to this (?:page|site) (?:has been|was) )?denied\b.{0,200}\breference\b",
    r"(?:подтвердите|докажите), что (?:запросы отправляли вы|вы (?:не робот|человек))|проверка (?:вашего )?браузера",
    r"robot olmadığınızı (?:təsdiq|doğrula|kanıtla)",
    r"تحقق من أنك (?:إنسان|لست روبوت)",
)


def is_wall(line: str) -> bool:
    """Whether a line of text tells readers to pay or to sign in for the rest."""
    return len(line) <= _LONGEST_WALL and _WALL.search(line) is not None


def hides_the_rest(tree: Any) -> bool:
    """Whether a block that can be seen on the page tells readers to pay or to sign in for the rest."""
    return any(
        _is_seen(element) and _WALL.search(text) is not None
        for element in tree.iter("div", "section", "aside", "p")
        if (is_named := _WALL_NAME.search(f"{element.get('class', '')} {element.get('id', '')}") is not None)
        or not len(element)
        if (text := _short_text(element, _LONGEST_BLOCK if is_named else _LONGEST_WALL))
    )


def is_challenge_script(markup: str) -> bool:
    """Whether the page is one of a service that keeps robots out."""
    return _CHALLENGE_CODE.search(markup) is not None


def is_challenge(text: str) -> bool:
    """Whether a short page asks for proof that a person reads it."""
    return _CHALLENGE.search(text) is not None


def _short_text(element: Any, longest: int) -> str:
    """The text of a small block, nothing for a large one."""
    text, length = [], 0
    for part in element.itertext():
        length += len(part.strip())
        if length > longest:
            return ""
        text.append(part)
    return tidy(" ".join(text))


def _is_seen(element: Any) -> bool:
    return not any(
        one.tag in _UNSEEN_TAGS or one.get("hidden") is not None or _HIDDEN.search(one.get("style") or "")
        for one in (element, *element.iterancestors())
    )
