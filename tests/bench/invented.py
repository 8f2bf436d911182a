"""Texts in invented words that are as long, as common and as inflected as a language's own."""

import random
from collections.abc import Sequence
from itertools import accumulate, product
from typing import Final

_VOCABULARY = 150_000
_COMMON = 300
_LENGTHS = (1, 2, 2, 2, 3, 3, 4, 4)

LANGUAGES: Final = {
    "English": ("b br c ch d f g gr h j k l m n p pl r s sh st t tr v w", "a e i o u ea ou", ",,,s,ed,ing,ly"),
    "Russian": ("б бр в г гр д ж з к кр л м н п пр р с ст т тр х ц ш", "а е и о у я ы", ",а,у,ом,ами,ого,ые,ий"),
    "Turkish": ("b ç d f g h k l m n p r s ş t v y z ğ c", "a e ı i o ö u ü", ",,,da,ler,lerin,den,i,ını"),
    "Azerbaijani": ("b ç d f g h k q l m n p r s ş t v y z x", "a e ə ı i o ö u ü", ",,,da,lar,ların,dən,ı,nı"),
}


class Language:
    """Invented words with the letters and endings of a language, the commonest first and as common as real ones."""

    def __init__(self, name: str, rng: random.Random) -> None:
        openings, vowels, endings = LANGUAGES[name]
        syllables = ["".join(pair) for pair in product(openings.split(), vowels.split())]
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            root = "".join(rng.choices(syllables, k=min(4, 1 + len(words) // _COMMON)))
            words[root + rng.choice(endings.split(","))] = None
        self._common, self._rare = list(words), list(words)[_COMMON:]
        self._weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
        self._rng = rng

    def phrase(self) -> str:
        """One to four words, none of which is among the commonest."""
        return " ".join(self._rng.choices(self._rare, k=self._rng.choice(_LENGTHS)))

    def text(self, words: int, *, paragraphs: int) -> Sequence[str]:
        """So many words in all."""
        chosen = self._rng.choices(self._common, cum_weights=self._weights, k=words)
        size = words // paragraphs
        return [f"{' '.join(chosen[at : at + size])}.".capitalize() for at in range(0, words, size)]
