"""Questions that wait for a reply, in memory."""


class FakePrompts:
    """Implements ``Prompts``. It outlives the platform that uses it, as the table does."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep(self, key: str, token: str) -> None:
        self.kept[key] = token

    async def find(self, key: str) -> str | None:
        return self.kept.get(key)
