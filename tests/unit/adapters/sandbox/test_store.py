"""What was put and written is there again after a restart."""

import sqlite3
from pathlib import Path

import pytest

from adapters.sandbox.store import Store


def test_documents_come_back_in_the_order_of_their_first_writing(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db", lambda: 1.0)
    for key in ("b", "a", "c"):
        store.put("chat", key, {"text": f"«{key}»"})
    store.put("chat", "b", {"text": "changed"})
    store.drop("chat", "c")
    store.close()
    again = Store(tmp_path / "sandbox.db", lambda: 2.0)
    assert again.all("chat") == {"b": {"text": "changed"}, "a": {"text": "«a»"}}
    assert again.all("nothing") == {}
    again.close()


def test_the_ledger_goes_on_counting_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db", lambda: 1.0)
    assert store.write("discord", "shown", {"text": "one"}) == 1
    assert store.write("discord", "call", {"status": 200}) == 2
    store.close()
    again = Store(tmp_path / "sandbox.db", lambda: 2.0)
    assert again.write("telegram", "shown", {"text": "two"}) == 3
    assert again.last_number == 3
    assert again.count("shown") == 2
    assert again.since(1) == [
        {"n": 2, "at": 1.0, "platform": "discord", "kind": "call", "status": 200},
        {"n": 3, "at": 2.0, "platform": "telegram", "kind": "shown", "text": "two"},
    ]
    again.close()


def test_a_killed_sandbox_has_what_was_flushed(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db", lambda: 1.0)
    store.put("chat", "a", {"text": "kept"})
    before = store.is_behind
    store.flush()
    assert (before, store.is_behind) == (True, False)
    store.put("chat", "b", {"text": "lost"})
    survivor = Store(tmp_path / "sandbox.db", lambda: 2.0)
    assert survivor.all("chat") == {"a": {"text": "kept"}}
    survivor.close()
    store.close()


def test_what_a_full_disk_refused_is_written_when_there_is_room_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db", lambda: 1.0)
    store._database.execute("PRAGMA max_page_count = 5")
    store.put("chat", "small", {"text": "first"})
    store.put("chat", "large", {"text": "x" * 50_000})
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.flush()
    store._database.execute("PRAGMA max_page_count = 1000")
    store.close()
    again = Store(tmp_path / "sandbox.db", lambda: 2.0)
    assert list(again.all("chat")) == ["small", "large"]
    again.close()


def test_an_empty_ledger_is_an_empty_list() -> None:
    store = Store(None, lambda: 1.0)
    assert store.since(0) == []
    assert store.since(-5) == []
    assert store.last_number == 0
    store.close()
