"""What a benchmark says: rows of one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Row", "median", "percentile", "table"]

_HEAD = ("figure", "ours", "reference in the same run", "ratio", "bound", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. ``is_ok`` says whether its bound holds, None where it has none and is shown to explain another."""

    figure: str
    ours: str
    reference: str = ""
    ratio: float | None = None
    bound: str = ""
    is_ok: bool | None = None

    @property
    def cells(self) -> Sequence[str]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {True: "yes", False: "NO", None: ""}[self.is_ok]
        return (self.figure, self.ours, self.reference, ratio, self.bound, verdict)


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table that is aligned in plain text too."""
    lines = [_HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    drawn = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    rule = " | ".join("-" * width for width in widths)
    return "\n".join(f"| {line} |" for line in (drawn[0], rule, *drawn[1:]))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
