"""What a test does on a machine that lacks something it needs."""

import os
from typing import NoReturn

import pytest


def go_without(reason: str) -> NoReturn:
    """Skips the test on a machine that lacks something; in CI that is a failure, never a skip."""
    if os.environ.get("CI") == "true":  # noqa: TID251 - the test run's own setting, not the bot's
        pytest.fail(f"{reason}; with CI=true nothing is skipped", pytrace=False)
    pytest.skip(reason)
