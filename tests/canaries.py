"""Secrets that are none, to see whether they turn up where no secret may."""

import os
from urllib.parse import quote

import pytest

from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN

DISCORD_CANARY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.CaNaRy.dIsCoRdCaNaRyDiScOrDcAnArYdIsCoRdCa"
TELEGRAM_CANARY = "123456789:TeLeGrAmCaNaRyTeLeGrAmCaNaRyTeLeGr"
PASSWORD_CANARY = "pAsSwOrDcAnArY"
CANARIES = (DISCORD_CANARY, TELEGRAM_CANARY, PASSWORD_CANARY)
TOKENS = (DISCORD_TOKEN, TELEGRAM_TOKEN)
"""What a bot in the sandbox has; they have the shape of real ones."""


def tells_no_token(said: str) -> None:
    """Hold that nothing in what a process said is a token."""
    for token in TOKENS:
        for form in (token, quote(token, safe="")):
            assert form not in said, f"a token in: …{said[max(0, said.index(form) - 300) : said.index(form)]}…"


def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every setting out of the environment for this test."""
    for name in [name for name in os.environ if name.startswith("NEWSBOT_")]:  # noqa: TID251  # to have none of it
        monkeypatch.delenv(name)
