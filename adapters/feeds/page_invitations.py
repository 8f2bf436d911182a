"""Lines that invite readers elsewhere: to other stories, newsletters, channels and apps, in the words of each language.

A story may speak of all these. So a line counts only where it is short, begins with the invitation or, in languages
that put the verb last, ends with it, and names what it invites to.
"""

import re

_TO_A_STORY = r"(?:\W*|\s?[:：|—–-].{1,200})"
"""What may follow the words that lead to another story: nothing, or that story's title."""

_ALSO = (
    r"also read|read also|see also|read next|more on this(?: story)?",
    r"related(?: articles?| stor(?:y|ies)| news| topics)?",
    r"(?:recommended for you|most read|you (?:may|might) also like|don['’]t miss|(?:read|see) more(?=\s?[:|—–-]))",
    r"(?:читайте|смотрите|слушайте) (?:также|еще|ещё)|(?:(?:материалы |новости )?по теме|самое читаемое)",
    r"похожие (?:новости|материалы|статьи)|(?:читайте|дивіться) також|більше по темі",
    r"(?:bunu da|həmçinin|mütləq) oxuyun|(?:oxşar|əlaqəli|digər|son) xəbərlər|(?:ən )?çox oxunanlar",
    r"ilgili haber(?:ler)?|ayrıca okuyun|bunu da okuyun|ilginizi çekebilir|çok okunanlar",
    r"(?:اقرأ|إقرأ|اقرئي|شاهد) (?:أيضا|أيضاً|ايضا|المزيد)|مواضيع ذات صلة",
    r"(?:بیشتر|همچنین) (?:بخوانید|ببینید)|مطالب مرتبط",
    r"(?:lesen sie|lies|auch) (?:auch|mehr|interessant)|mehr zum thema|(?:à )?(?:lire|voir) (?:aussi|également)",
    r"sur le même sujet|(?:lea|leer|ver|vea|mira) también|(?:también )?te puede interesar|(?:leia|veja|ler) também",
    r"saiba mais|leggi anche|guarda anche|(?:ti )?potrebbe interessar(?:e|ti)",
    r"(?:czytaj|zobacz|przeczytaj) (?:także|też)",
    r"czytaj (?:również|więcej)|lees (?:ook|meer)|bekijk ook|(?:läs|les|læs) (?:också|även|også)|lue myös|čtěte také",
    r"přečtěte si|citește și|διαβάστε (?:επίσης|ακόμα)|baca juga|(?:ये|यह) भी पढ़ें|あわせて読みたい|関連記事|相关阅读",
    r"延伸阅读|관련기사",
)
_GOES_ON = (
    r"(?:article|story) continues (?:below|after)\b.{0,40}|continue reading (?:below|after)\b.{0,40}",
    r"haberin devamı.{0,40}",
    r"xəbərin davamı.{0,40}|continua (?:após|depois d)a publicidade|sigue leyendo.{0,40}|continua a leggere.{0,40}",
    r"la suite après (?:cette|la) publicité|nach der anzeige geht es weiter",
    r"(?:der )?artikel geht (?:unten|nach) .{0,40}weiter",
    r"(?:dalsza część|dalszy ciąg|ciąg dalszy) .{0,40}|(?:artikel|verhaal) gaat (?:verder|door) onder.{0,40}",
    r"click here (?:to|for) .{0,100}",
)
_PLACES = (
    r"newsletter\w*|bulletin|boletín|boletim|bülten\w*|рассылк\w*|розсилк\w*|inbox|podcast",
    r"google (?:news|not[ií]cias|haberler)",
    r"facebook|instagram|telegram|whatsapp|viber|tiktok|youtube|twitter|linkedin|вконтакте|дзен\w*|телеграм\w*",
    r"(?:тг-)?канал\w*|kanal\w*|channel|canal|tətbiq\w*|uygulama\w*|\bapp\b",
    r"تلگرام|کانال|تلغرام|تيليجرام|قناة|فيسبوك",
)
_INVITING = (
    r"(?:sign up|subscribe|follow|join|like|find) (?:us|to|for|our|me)",
    r"get (?:our|the latest|more|all the)|receive (?:our|the latest)",
    r"download (?:our|the)|you can (?:also )?(?:follow|find|join)|(?:scan|use) (?:the|this) qr code",
    r"want (?:more|to)\b.{0,60}\? ?(?:sign up|subscribe|follow|join|download)",
    r"подписывайтесь|подпишитесь|подписаться|присоединяйтесь|следите за|підписуйтесь|підпишіться",
    r"приєднуйтесь|стежте за",
    r"suscríbete|suscríbase|síguenos|síganos|únete|apúntate|recibe (?:nuestr|las|los|en tu)\w*|siga",
    r"siga-nos|receba|inscreva-se|assine",
    r"iscriviti|seguici|ricevi|abbonati (?:a|al|alla|ora|qui)|abonnez-vous|inscrivez-vous|suivez",
    r"recevez|rejoignez|retrouvez",
    r"abonnieren sie|folgen sie|melden sie sich|jetzt .{0,30}(?:abonnieren|anmelden|folgen)|volg ons",
    r"schrijf je|meld je",
    r"zapisz się|obserwuj nas|polub nas|dołącz do|śledź nas|följ oss|prenumerera|følg oss|abonner",
    r"tilaa|seuraa meitä|اشترك|تابعنا|تابعوا|تابعونا|انضم",
)
_INVITING_LAST = (
    r"abone ol(?:un|unuz)?|takip ed(?:in|iniz)|katılın|indirin|abunə ol(?:un)?|izləyin|qoşulun|yükləyin",
    r"بپیوندید|دنبال کنید|عضو شوید",
)
_OUR_OWN = (
    r"(?:have you got|do you have|got) a (?:story|tip)\b.{0,120}|share this (?:article|story|page)\W*",
    r"(?:bizi|bizni) (?:takip edin|izləyin).{0,80}",
    r"(?:iscriviti alla|zapisz się do|abonnez-vous à la) newsletter\w*\W*",
    r"get our .{0,40}newsletter\W*|(?:iscriviti|suscríbete|abonnez-vous|assine|inscreva-se|abonnieren)\W*",
    r"(?:нашли|заметили|знайшли|помітили) (?:ошибку|опечатку|помилку)\b.{0,120}|(?:ctrl|⌘)\s?\+\s?enter.{0,60}",
    r"(?:شارك(?: المقال)?|اشتراک‌گذاری|поділитися|поділіться|udostępnij)\W*",
    r"(?:compartir|comparte|compartilhe|condividi|partager|teilen|delen)\W*",
    r"(?:anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|annonse?|mainos|reklama)\W*",
    r"(?:©\s?)?riproduzione riservata\W*|(?:wszelkie prawa zastrzeżone|усі права захищено|tous droits réservés)\W*",
    r"(?:фото|photo|foto|fotoğraf|şəkil|zdjęcie|bild)\s?:\s?[^.!?]{1,100}",
    r"(?:wir|noi|nous|nosotros) (?:und|e|et|y) .{0,30}(?:partner|partenaires|socios)\b.{0,40}cookies?\b.{0,150}",
    r"(?:utilizamos|usamos|utilizziamo|nous utilisons|używamy|ми використовуємо|biz) .{0,30}cookie.{0,150}",
)
_LONGEST = 160
_LONGEST_END = 40


def _any(*patterns: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_LEADING = re.compile(_any(rf"(?:{_any(*_ALSO)}){_TO_A_STORY}", rf"(?:{_any(*_GOES_ON)})\W*", *_OUR_OWN), re.IGNORECASE)
_BEGINS = re.compile(rf"(?:{_any(*_INVITING)})\b", re.IGNORECASE)
_ENDS = re.compile(rf"\b(?:{_any(*_INVITING_LAST)})\W*$", re.IGNORECASE)
_PLACE = re.compile(_any(*_PLACES), re.IGNORECASE)


def is_invitation(line: str) -> bool:
    """Whether the whole line leads readers elsewhere. The line has no space at its ends."""
    if _LEADING.fullmatch(line):
        return True
    if len(line) > _LONGEST or not (_BEGINS.match(line) or _ENDS.search(line, max(0, len(line) - _LONGEST_END))):
        return False
    return _PLACE.search(line) is not None
