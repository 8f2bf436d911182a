"""Secrets that are none, to see whether they turn up where no secret may."""

import os

import pytest

DISCORD_CANARY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.CaNaRy.dIsCoRdCaNaRyDiScOrDcAnArYdIsCoRdCa"
TELEGRAM_CANARY = "123456789:TeLeGrAmCaNaRyTeLeGrAmCaNaRyTeLeGr"
PASSWORD_CANARY = "pAsSwOrDcAnArY"
CANARIES = (DISCORD_CANARY, TELEGRAM_CANARY, PASSWORD_CANARY)


def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every setting out of the environment for this test."""
    for name in [name for name in os.environ if name.startswith("NEWSBOT_")]:  # noqa: TID251  # to have none of it
        monkeypatch.delenv(name)
