"""The one moment of many at which something fails."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Nth:
    """Counts the moments that pass while it is armed; of these the ``number``-th fails, and no other."""

    number: int | None = None
    passed: list[str] = field(default_factory=list)
    is_armed: bool = False

    def arm(self, number: int | None) -> None:
        """Count anew from here; None: count only."""
        self.number, self.is_armed = number, True
        self.passed.clear()

    def disarm(self) -> None:
        """Let everything pass."""
        self.is_armed = False

    def fails(self, moment: str) -> bool:
        """Note that the moment came; whether it is the one that fails."""
        if not self.is_armed:
            return False
        self.passed.append(moment)
        return len(self.passed) == self.number

    @property
    def has_failed(self) -> bool:
        """Whether that one has come."""
        return self.number is not None and len(self.passed) >= self.number

    @property
    def failed(self) -> str:
        """What the moment that failed was."""
        return self.passed[self.number - 1] if self.number and self.has_failed else "nothing"
