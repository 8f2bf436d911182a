"""A process whose event loop stands still ends itself; one that turns does not."""

import subprocess
import sys

_STANDS_STILL = """
import threading
from adapters.machine.watchdog import Watchdog

def stands_still():
    threading.Event().wait()

Watchdog(patience_s=0.05).feed()
stands_still()
"""
_ENDS_WELL = """
from adapters.machine.watchdog import Watchdog

dog = Watchdog(patience_s=60)
dog.feed()
dog.feed()
dog.put_down()
"""


def ended(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603  # ours


def test_a_loop_that_stands_still_ends_the_process_and_says_where() -> None:
    process = ended(_STANDS_STILL)
    assert process.returncode == 1
    assert "stands_still" in process.stderr


def test_a_loop_that_turned_until_its_end_ends_as_it_would() -> None:
    process = ended(_ENDS_WELL)
    assert (process.returncode, process.stderr) == (0, "")
