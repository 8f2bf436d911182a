"""The fault matrix: every fault that is to be borne, and the tests that make it happen."""

from dataclasses import dataclass
from typing import Final

_HERE: Final = "tests/faults/test_"
_SERVICES: Final = "tests/unit/bot/services/test_"
_FEEDS: Final = "tests/integration/test_feeds_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault; ``tests`` are how the ids of its tests begin."""

    fault: str
    tests: tuple[str, ...]


ROWS: Final = (
    Row(fault="SIGKILL at twelve points", tests=("tests/scenarios/test_kill",)),
    Row(fault="SIGTERM under load", tests=(f"{_HERE}endings.py",)),
    Row(
        fault="429 storm, per route and as a whole",
        tests=(f"{_HERE}storms.py::test_told_to_wait", f"{_HERE}stalls.py", f"{_HERE}refusals.py"),
    ),
    Row(
        fault="5xx storm, half of it after delivery",
        tests=(f"{_HERE}storms.py::test_a_platform_that", f"{_SERVICES}breaker.py"),
    ),
    Row(
        fault="network cut, half-open, torn, without names",
        tests=(f"{_HERE}networks.py", f"{_HERE}names.py"),
    ),
    Row(fault="one platform down", tests=(f"{_HERE}one_down.py",)),
    Row(
        fault="database gone",
        tests=(f"{_HERE}databases.py::test_a_locked", f"{_HERE}databases.py::test_a_server", f"{_SERVICES}hurry.py"),
    ),
    Row(fault="PostgreSQL cut at COMMIT", tests=(f"{_HERE}databases.py::test_a_connection_that_is_cut",)),
    Row(fault="disk full, then freed", tests=(f"{_HERE}databases.py::test_with_the_disk_full",)),
    Row(fault="clock set, summer time", tests=(f"{_HERE}clocks.py", "tests/unit/adapters/test_clock.py")),
    Row(fault="poison article", tests=(f"{_HERE}poison.py::test_a_story", f"{_HERE}poison.py::test_an_article")),
    Row(fault="poison feed", tests=(f"{_HERE}poison.py::test_feeds", f"{_FEEDS}workers.py")),
    Row(fault="hostile server, 25 ways", tests=(f"{_FEEDS}hostile.py", f"{_FEEDS}hostile_at_once.py")),
    Row(fault="chats that go away or sleep, with a hundred posts waiting", tests=(f"{_HERE}channels.py",)),
    Row(fault="gateway dropped, events repeated, another poller", tests=(f"{_HERE}gateways.py",)),
    Row(
        fault="two processes, a stale lease, SIGSTOP",
        tests=("tests/scenarios/test_many_processes.py", f"{_SERVICES}keep_lease.py"),
    ),
    Row(fault="256 MB of memory", tests=(f"{_HERE}memory.py",)),
)
"""In the order of the specification. A thousand kills are ``make crash``."""
