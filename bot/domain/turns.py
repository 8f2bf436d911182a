"""Words of a title that say what became of something: they part a story from the one that follows it.

Each line is one turn, as beginnings of folded words (``words.fold``) in English, Russian, Azerbaijani and Turkish; one
that ends with "." is a whole word.
"""

from collections import defaultdict
from collections.abc import Iterable

_TURNS = (
    "resum reopen restor restart возобнов восстанов berpa yeniden",
    "cancel scrap отмен legv iptal",
    "delay postpon отлож перенес перенос texir ertele",
    "end. ends. ended. conclud finish заверш законч basa. bitib. bitdi. sona. bitti. tamamla",
    "begin. begins. began. start начал начин basla",
    "halt. halts. halted. stop stops stopped suspend остано приостан dayand durdur",
    "arrest detain custody арест задерж saxlan saxlay hebs gozalti tutuk yakalan",
    "charged. charges. accus indict suspect обвин подозр ittiham subheli suclan supheli",
    "appeal обжал апелляц apellyasiya temyiz itiraz",
    "acquit оправда beraet beraat",
    "deny. denies. denied. reject refut опроверг отверг отклон отказ tekzib redd reddet yalanla",
    "approv pass. passes. passed. adopt backs. одобр приня утверд tesdiq qebul onayla kabul",
    "dies. died. dead. death kill умер скончал погиб смерт vefat olu. oldu. olum hayatini",
    "resign quit. quits. dismiss fired. sack sacks sacked отстав уволи istefa istifa gorevden",
    "releas freed. frees. refloat освобод azad. azadliga serbest",
    "expect forecast likely. plan. plans. planned. seen. ожида прогноз планир ждут. ждет. gozlenil planla bekle",
    "demand urge. urges. seek. seeks. требу потребов призва teleb isted istiyor talep cagri",
    "investigat inquiry probe. расслед проверк arasdir sorustur incele",
    "aftershock афтершок artci afterso",
    "rescu спасе спасли xilas kurtar",
    "anniversar mourn commemor годовщин траур ildonum anma. anildi yildonum",
    "condemn reacts. reaction осуди реакц kinad pisle tepki",
    "explain. explains. analysis why. объясн почему analiz niye neden.",
    "recover rebound rises. rose. jump подорож вырос рост. bahala artdi artib yuksel",
    "falls. fell. drop plung подешев упал снизил сниж ucuzla dusub dusdu dustu geriled indir",
)
_INITIALS = 3
_WHOLE = {word[:-1]: turn for turn, line in enumerate(_TURNS) for word in line.split() if word.endswith(".")}
_BEGINNINGS: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
for _turn, _line in enumerate(_TURNS):
    for _word in _line.split():
        if not _word.endswith("."):
            _BEGINNINGS[_word[:_INITIALS]].append((_word, _turn))


def turns(folded: Iterable[str]) -> frozenset[int]:
    """The turns that these words speak of."""
    found = set()
    for word in folded:
        if word in _WHOLE:
            found.add(_WHOLE[word])
        for beginning, turn in _BEGINNINGS.get(word[:_INITIALS], ()):
            if word.startswith(beginning):
                found.add(turn)
    return frozenset(found)
