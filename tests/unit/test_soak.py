"""Growth is found, and what only comes and goes is not taken for it."""

from collections.abc import Callable

from tests.soak.watch import Look, complaints, growth


def _held(memory: Callable[[int], float], files: Callable[[int], int] = lambda _: 30) -> dict[str, bool]:
    looks = [Look(memory_mb=memory(number), files=files(number), tasks=20 + number % 7) for number in range(100)]
    return {one.name: one.is_held for one in growth(looks)}


def test_what_fills_caches_at_first_and_then_stays_is_no_growth() -> None:
    assert _held(lambda number: min(100 + number * 2, 150)) == {"memory MB": True, "files": True, "tasks": True}


def test_memory_that_goes_on_growing_is() -> None:
    assert not _held(lambda number: 100 + number / 5)["memory MB"]


def test_files_that_are_never_closed_are() -> None:
    assert not _held(lambda _: 100, lambda number: 30 + number // 10)["files"]
    assert _held(lambda _: 100, lambda number: 30 + 5 * (number % 2))["files"]


def test_a_log_line_of_an_error_is_a_complaint() -> None:
    lines = ["INFO newsbot: platform ready", "ERROR newsbot: loop failed", "Task was destroyed but it is pending!"]
    assert complaints(lines) == lines[1:]
