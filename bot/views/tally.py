"""How opinions stand, as a bar and in words."""

from bot.domain.opinion import Tally

_CELLS = 10
_FOR, _AGAINST, _MIXED = "🟦", "🟧", "⬜"


def bar(tally: Tally) -> str:
    """Ten cells in proportion (largest remainders first); every stance that somebody took has at least one."""
    counts = (tally.in_favour, tally.against, tally.mixed)
    total = sum(counts)
    if not total:
        return ""
    exact = [count * _CELLS / total for count in counts]
    cells = [max(int(part), 1 if count else 0) for part, count in zip(exact, counts, strict=True)]
    while sum(cells) < _CELLS:
        cells[max(range(3), key=lambda i: exact[i] - cells[i])] += 1
    while sum(cells) > _CELLS:
        cells[max(range(3), key=lambda i: (cells[i] > 1, cells[i] - exact[i]))] -= 1
    return _FOR * cells[0] + _AGAINST * cells[1] + _MIXED * cells[2]


def in_words(tally: Tally) -> str:
    """For example: 12 for · 5 against · 3 mixed · 8 opinions."""
    parts = [f"{tally.in_favour} for", f"{tally.against} against"]
    if not (tally.in_favour or tally.against or tally.mixed):
        parts = []
    if tally.mixed:
        parts.append(f"{tally.mixed} mixed")
    if tally.words:
        parts.append("1 opinion" if tally.words == 1 else f"{tally.words} opinions")
    return " · ".join(parts)
