"""A log that tests read."""


class FakeEvents:
    """Implements ``Events``."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, object]]] = []
        self.warnings: list[tuple[str, dict[str, object]]] = []
        self.troubles: list[tuple[str, BaseException]] = []

    def note(self, event: str, **fields: object) -> None:
        self.notes.append((event, fields))

    def warn(self, event: str, **fields: object) -> None:
        self.warnings.append((event, fields))

    def trouble(self, event: str, error: BaseException, **fields: object) -> None:
        self.troubles.append((event, error))
