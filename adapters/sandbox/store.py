"""Documents and ledger of the sandbox in one SQLite file, written behind."""

import json
import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path

from adapters.sandbox.contract import Clock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS ledger (n INTEGER PRIMARY KEY, body TEXT);
"""


class Store:
    """Both ``Documents`` and ``Ledger``: memory answers, a file remembers.

    A killed sandbox loses at most what came after the last ``flush``; ``flush`` is called every 50 ms and at the end.
    With no path, nothing is kept.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._clock = clock
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_SCHEMA)
        self._documents: dict[str, dict[str, dict[str, object]]] = {}
        rows = self._database.execute("SELECT kind, key, body FROM documents ORDER BY rowid")
        for kind, key, body in rows:
            self._documents.setdefault(kind, {})[key] = json.loads(body)
        self._entries = [json.loads(body) for (body,) in self._database.execute("SELECT body FROM ledger ORDER BY n")]
        self._counts = Counter(str(entry["kind"]) for entry in self._entries)
        self._unwritten: deque[tuple[str, tuple[object, ...]]] = deque()
        self._writing = threading.Lock()

    def put(self, kind: str, key: str, document: Mapping[str, object]) -> None:
        """Keep the document under its kind and key; it must not be changed afterwards without another ``put``."""
        self._documents.setdefault(kind, {})[key] = dict(document)
        self._unwritten.append(
            (
                "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(document, ensure_ascii=False)),
            )
        )

    def drop(self, kind: str, key: str) -> None:
        """Forget the document; no error when there is none."""
        self._documents.get(kind, {}).pop(key, None)
        self._unwritten.append(("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key)))

    def all(self, kind: str) -> dict[str, dict[str, object]]:
        """Every document of the kind, in the order in which the keys were first written."""
        return dict(self._documents.get(kind, {}))

    def write(self, platform: str, kind: str, facts: Mapping[str, object]) -> int:
        """Note one thing in the ledger and return its number."""
        number = len(self._entries) + 1
        entry = {"n": number, "at": self._clock(), "platform": platform, "kind": kind, **facts}
        self._entries.append(entry)
        self._counts[kind] += 1
        self._unwritten.append(("INSERT INTO ledger VALUES (?, ?)", (number, json.dumps(entry, ensure_ascii=False))))
        return number

    def since(self, number: int) -> list[dict[str, object]]:
        """Entries with a higher number, in order."""
        return self._entries[max(number, 0) :]

    def count(self, kind: str) -> int:
        """How many entries of that kind the ledger has."""
        return self._counts[kind]

    @property
    def last_number(self) -> int:
        """The number of the ledger's latest entry, 0 when it is empty."""
        return len(self._entries)

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._unwritten)

    def flush(self) -> None:
        """Write what waits, all of it or nothing; after an sqlite3.Error it waits still. For a worker thread too."""
        with self._writing:
            batch = [self._unwritten.popleft() for _ in range(len(self._unwritten))]
            if not batch:
                return
            try:
                self._database.execute("BEGIN")
                for statement, values in batch:
                    self._database.execute(statement, values)
                self._database.execute("COMMIT")
            except sqlite3.Error:
                self._unwritten.extendleft(reversed(batch))
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Write what waits and let the file go."""
        self.flush()
        self._database.close()
