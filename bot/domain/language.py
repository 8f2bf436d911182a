"""Which language a text is written in, told by its script, its letters and its commonest small words."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from bot.domain.article import Draft
from bot.domain.words import tokens

_REMEMBERED = 1 << 10
_READ = 600
"""Characters that are looked at: more hardly ever change the answer."""

_FEWEST_WORDS = 5
_FEWEST_LETTERS = 12
_FEWEST_SIGNS = 2
_LEAST_SHARE = 0.12
"""Small words and telling letters per word: a text has 0.3 and more of its own language's, a list of names hardly
any."""

_LEAD = 1.25
"""How much more there must be of the language than of the next one, so that a near relative is not taken for it."""

_BY_SCRIPT: Final = (
    ("ja", ((0x3040, 0x30FF),)),
    ("ko", ((0xAC00, 0xD7AF), (0x1100, 0x11FF))),
    ("zh", ((0x4E00, 0x9FFF), (0x3400, 0x4DBF))),
    ("el", ((0x0370, 0x03FF),)),
    ("he", ((0x0590, 0x05FF),)),
    ("ka", ((0x10A0, 0x10FF),)),
    ("hy", ((0x0530, 0x058F),)),
    ("th", ((0x0E00, 0x0E7F),)),
    ("bn", ((0x0980, 0x09FF),)),
    ("ta", ((0x0B80, 0x0BFF),)),
)
"""Scripts that one language of the news is written in. A text with kana is Japanese, however many ideographs it has."""

_LEAST_OF_SCRIPT = 0.2
_KANA = 0.05

_SMALL_WORDS: Final = {
    "en": "the of and to in a is that for on was with as by at from it has he are said be have an not but who will",
    "de": "der die und den von zu mit das des im auf für ist nicht ein eine dem sich auch nach bei wurde hat am wie",
    "fr": "le la les des et du une en est dans qui pour que au par sur plus pas avec ce été aux son sont l d",
    "es": "el la los las del y en que un una por con para se su al es más como lo fue ha sus pero este",
    "pt": "o os as da do das dos e em que um uma por com para se não no na ao foi mais é pelo sua seu",
    "it": "il lo gli di e che un una per con del della dei nel nella non è sono da al alla anche ha si più",
    "nl": "de het een van en in op te dat die is voor met niet zijn aan door er om naar ook bij heeft werd",
    "sv": "och att det som en på är av för med den till inte om har de ett var efter från vid hade",
    "da": "og at det som en på er af for med den til ikke om har de et var efter fra ved blev mod",
    "no": "og å det som en på er av for med den til ikke om har de et var etter fra ved ble mot",
    "fi": "ja on että ei se hän oli ovat mutta myös kun ollut sekä joka mukaan ovat sen tai kuin vuonna",
    "pl": "w i na z się że do nie jest o to jak po od za przez dla są ale był oraz przed tym roku",
    "cs": "v a na se že je z do o s za po k i ve by pro byl jako ale od jsou při také který",
    "hu": "a az és hogy nem is egy volt meg de ez már csak mint vagy szerint után el még lesz",
    "ro": "și în de la a cu pe care din nu un o pentru că este au fost mai sunt al după prin",
    "tr": "ve bir bu için ile da de olarak daha çok olan sonra kadar gibi en ise göre var her dedi olduğunu",
    "az": "və bir bu üçün ilə da də ki olub edib isə daha çox olan sonra qədər kimi ən görə var bildirib",
    "hr": "je i u na se da su za od s koji nije kao bi iz će što ili do te kako",
    "id": "yang dan di dengan untuk dari pada ini itu tidak dalam akan oleh juga ke telah karena ada adalah",
    "vi": "và của là các có trong được cho một không với người này những đã khi từ đến ở",
    "sq": "dhe të në e i për me që një nga është si nuk ka më do u të këtë janë",
    "lt": "ir kad į iš su yra bei tai buvo bet už kaip apie ne jis pagal nuo po dėl",
    "lv": "un ir no ar ka par uz kas tika arī bet pēc kā nav tiek lai gadā vai pie",
    "et": "ja on et ei oli see mis ka kui oma ning aga tema mille pärast kes või pole",
    "ru": "и в на не что с по он как из от за к о для это был его но она при также будет до",
    "uk": "і в на не що з та до про за як це від для його але був також у під час року й",
    "be": "і ў на не што з у па да як для гэта ад яго але быў таксама за пра гэтага",
    "bg": "и в на да не е се за от че с по като са това ще до при след беше той",
    "sr": "и у на је да се за од су са који није као би из ће што до а како",
    "mk": "и во на да не е се за од дека со по како ќе до при беше тоа што",
    "kk": "және мен бұл үшін деп бір да де болып туралы осы оның екі жылы қазақстан",
    "ar": "في من على أن إلى عن التي الذي مع هذا كان ما بعد قال لا هذه قد بين و",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم می شد شده",
    "ur": "کے کی میں ہے اور سے کو کا نے پر کہ یہ ہیں اس بھی نہیں ایک",
    "hi": "के में की है और से को का ने पर कि यह हैं इस भी नहीं एक",
}
_LETTERS: Final = {
    "az": "əğı",
    "tr": "ğı",
    "de": "ß",
    "fr": "èêùœîû",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "pl": "łżźćńśą",
    "cs": "řěůď",
    "hu": "őű",
    "ro": "țșă",
    "sv": "å",
    "da": "åøæ",
    "no": "åøæ",
    "hr": "đć",
    "lt": "ėųūį",
    "lv": "āēīūņļķģ",
    "vi": "ơưđạảấầẩậắằẵặẻẽẹếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "ru": "ыэ",
    "uk": "їєґі",
    "be": "ўыэі",
    "sr": "ђјљњћџ",
    "mk": "ѓќѕјљњџ",
    "kk": "әғқңөұүһыі",
    "fa": "پچژگی",
    "ur": "ٹڈڑںےہھ",
}
_NEEDED: Final = {
    "az": "ə",
    "uk": "іїє",
    "be": "ў",
    "kk": "әғқңөұүһі",
    "sr": "јљњђћџ",
    "mk": "јљњќѓѕ",
    "vi": "đạảấầậắặếềểệịọốồộớờợụứừựươ",
    "lv": "āēīūņļķģš",
    "lt": "ėęųūįšžč",
}
"""Without any of these letters a text that is long enough is not in the language, whatever words it has."""
_FOREIGN: Final = {"bg": "ыэё", "uk": "ыэъ", "sr": "ыэйщ", "mk": "ыэйщ", "tr": "ə", "ru": "іїў"}
"""A language that has not these letters."""


def _turned(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The languages of each sign instead of the signs of each language."""
    signs: dict[str, list[str]] = {}
    for language, its in table.items():
        for sign in dict.fromkeys(its):
            signs.setdefault(sign, []).append(language)
    return {sign: tuple(languages) for sign, languages in signs.items()}


_SCRIPTS: Final = tuple(
    (language, re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in ranges)}]"))
    for language, ranges in _BY_SCRIPT
)
_OTHER_SCRIPTS: Final = re.compile(f"[{''.join(script.pattern[1:-1] for _, script in _SCRIPTS)}]")
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_NEEDED_LETTERS: Final = {language: frozenset(letters) for language, letters in _NEEDED.items()}
_FOREIGN_LETTERS: Final = {language: frozenset(letters) for language, letters in _FOREIGN.items()}
_LANGUAGES_WITH_WORD = _turned({language: words.split() for language, words in _SMALL_WORDS.items()})
_LANGUAGES_WITH_LETTER = _turned(_LETTERS)
_TELLING_LETTERS: Final = frozenset(_LANGUAGES_WITH_LETTER)


def language_of(draft: Draft) -> str | None:
    """The language of an article by its ISO 639-1 code; None where the text is too short or speaks for no one language.

    Languages that differ in little else than their names go by one: Croatian and its sisters in Latin letters are hr.
    """
    if draft.wording:
        return draft.wording.language
    return language_of_text("\n".join((draft.title, *draft.told)))


def common_language(drafts: Sequence[Draft]) -> str | None:
    """The language that most of the articles are in that are in any; None where no more than half are in one."""
    told = Counter(language for draft in drafts if (language := language_of(draft)))
    [(language, count)] = told.most_common(1) or [("", 0)]
    return language if count > told.total() / 2 else None


def language_of_text(text: str) -> str | None:
    """The same of any text, of which the beginning is looked at."""
    beginning = text[:_READ]
    if _OTHER_SCRIPTS.search(beginning) and (found := _by_script(beginning)):
        return found
    lines = map(tokens, beginning.split("\n"))  # whole ones, which others ask for too
    words = [word.lower() for line in lines for word in line.written]
    if len(words) < _FEWEST_WORDS or sum(map(len, words)) < _FEWEST_LETTERS:
        return None
    used = set("".join(words))
    counted = Counter(chain.from_iterable(_signs_in(words)))
    possible = [(count, language) for language, count in counted.items() if _may_be(language, used)]
    (next_most, _), (most, best) = sorted([(0, ""), (0, ""), *possible])[-2:]
    return best if most >= max(_FEWEST_SIGNS, _LEAST_SHARE * len(words), _LEAD * next_most) else None


def _by_script(text: str) -> str | None:
    letters = _NOT_LETTERS.sub("", text)
    if len(letters) < _FEWEST_LETTERS:
        return None
    for language, script in _SCRIPTS:
        share = len(script.findall(letters)) / len(letters)
        if share >= (_KANA if language == "ja" else _LEAST_OF_SCRIPT):
            return language
    return None


def _may_be(language: str, used: Collection[str]) -> bool:
    needed, foreign = _NEEDED_LETTERS.get(language), _FOREIGN_LETTERS.get(language)
    return (needed is None or not needed.isdisjoint(used)) and (foreign is None or foreign.isdisjoint(used))


def _signs_in(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The languages that each word speaks for: each of them once for what the word is, and once for its letters."""
    for word in words:
        if word in _LANGUAGES_WITH_WORD:
            yield _LANGUAGES_WITH_WORD[word]
        if not word.isascii() and (letters := _TELLING_LETTERS.intersection(word)):
            yield _languages_with(letters)


@lru_cache(_REMEMBERED)
def _languages_with(letters: frozenset[str]) -> tuple[str, ...]:
    return tuple({language for letter in letters for language in _LANGUAGES_WITH_LETTER[letter]})
