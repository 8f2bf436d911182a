"""Faults strike what they were ordered for, as often and as long as ordered."""

from pathlib import Path

from adapters.sandbox.faults import FaultBook
from adapters.sandbox.store import Store


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _book(clock: _Clock | None = None) -> FaultBook:
    clock = clock or _Clock()
    return FaultBook(Store(None, clock), clock)


def test_nothing_strikes_that_nobody_ordered() -> None:
    assert _book().strikes("discord", "slow") is None


def test_a_fault_strikes_its_platform_and_its_kind_alone() -> None:
    book = _book()
    fault = book.order("discord", "slow", for_s=10, share=1, options={"seconds": 3})
    assert book.strikes("discord", "slow") is fault
    assert fault.options == {"seconds": 3}
    assert book.strikes("telegram", "slow") is None
    assert book.strikes("discord", "cut_after") is None


def test_a_fault_ends_by_the_clock() -> None:
    clock = _Clock()
    book = _book(clock)
    book.order("discord", "slow", for_s=10, share=1)
    clock.now += 9.9
    assert book.strikes("discord", "slow")
    clock.now += 0.1
    assert book.strikes("discord", "slow") is None
    assert book.ordered() == []


def test_a_share_strikes_about_that_part_and_the_same_ones_every_time() -> None:
    def struck() -> list[bool]:
        book = _book()
        book.order("telegram", "rate_limit", for_s=10, share=0.25)
        return [book.strikes("telegram", "rate_limit") is not None for _ in range(400)]

    assert 70 <= sum(struck()) <= 130
    assert struck() == struck()


def test_clearing_ends_all_or_those_of_a_platform_or_kind() -> None:
    book = _book()
    for platform, kind in [("discord", "slow"), ("discord", "close"), ("telegram", "slow")]:
        book.order(platform, kind, for_s=10, share=1)
    assert [fault.kind for fault in book.clear("discord", "slow")] == ["slow"]
    assert [(fault.platform, fault.kind) for fault in book.ordered()] == [("discord", "close"), ("telegram", "slow")]
    book.clear("telegram")
    assert [fault.kind for fault in book.ordered()] == ["close"]
    book.clear()
    assert book.ordered() == []


def test_the_ledger_knows_when_a_fault_was_ordered_and_ended(tmp_path: Path) -> None:
    clock = _Clock()
    ledger = Store(tmp_path / "sandbox.db", clock)
    book = FaultBook(ledger, clock)
    book.order("discord", "slow", for_s=10, share=0.5)
    book.clear()
    entries = ledger.since(0)
    assert [(entry["kind"], entry["fault"], entry["step"]) for entry in entries] == [
        ("fault", "slow", "ordered"),
        ("fault", "slow", "ended"),
    ]
    ledger.close()
