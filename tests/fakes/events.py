"""A log that tests read."""

from bot.ports.measures import Measured


class FakeEvents:
    """Implements ``Events``."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, object]]] = []
        self.warnings: list[tuple[str, dict[str, object]]] = []
        self.troubles: list[tuple[str, BaseException]] = []
        self.measured: list[Measured] = []

    def note(self, event: str, **fields: object) -> None:
        self.notes.append((event, fields))

    def warn(self, event: str, **fields: object) -> None:
        self.warnings.append((event, fields))

    def measure(self, measured: Measured) -> None:
        self.measured.append(measured)

    def trouble(self, event: str, error: BaseException, **fields: object) -> None:
        self.troubles.append((event, error))
