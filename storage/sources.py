"""What we read, in the table ``sources``."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.addresses import without_secrets
from bot.domain.errors import SourceExistsError
from bot.domain.source import HubLink, Identity, Move, NewSource, Source, SourceId, SourceKind, Trouble, Validators
from storage import dialects
from storage.subscriptions import SOURCE
from storage.tables import hubs, sources, subscriptions

_c = sources.c

# What is set follows from the values given with it; a statement that holds them takes as long to make as to run.
_SET = update(sources).where(_c.id == bindparam("the_source"))
_HOLD = select(sources).where(_c.id == bindparam("the_source"), ~_c.is_removed).with_for_update()


class DatabaseSources:
    """A removed source keeps its row, for its articles' byline and so that it comes back as the same one."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, source: NewSource, *, now: datetime) -> Source:
        fresh = {
            **_described(source),
            "labels": source.labels,
            "added_at": now,
            "next_read_at": now if source.kind is SourceKind.FEED else None,
            "last_read_at": None,
            "etag": None,
            "last_modified": None,
            "digest": None,
            "rest_s": None,
            "trouble_kind": None,
            "trouble_message": None,
            "failures": 0,
            "failing_since": None,
            "is_trouble_told": False,
            "identity": Identity.GUID,
            "lately": (),
            "entries": 0,
            "move_address": None,
            "move_since": None,
            "move_answers": 0,
            "hub_address": None,
            "hub_topic": None,
            "pushed_at": None,
            "is_paused": False,
            "is_removed": False,
        }
        statement = (
            dialects.insert(self._connection, sources)
            .values(fresh)
            .on_conflict_do_update(index_elements=[_c.address], set_=fresh, where=_c.is_removed)
            .returning(*_c)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise SourceExistsError(f"{without_secrets(source.address)} is being read already. Nothing was changed.")
        return to_source(row)

    async def find(self, source_id: SourceId) -> Source | None:
        return await self._one(_c.id == source_id)

    async def at(self, address: str) -> Source | None:
        return await self._one(_c.address == address)

    async def all(self) -> list[Source]:
        rows = await self._connection.execute(select(sources).where(~_c.is_removed).order_by(_c.id))
        return [to_source(row) for row in rows]

    async def due(self, now: datetime, *, limit: int) -> list[Source]:
        statement = (
            select(sources)
            .where(_c.next_read_at <= now, _c.kind == SourceKind.FEED, ~_c.is_paused, ~_c.is_removed)
            .order_by(_c.failures > 0, _c.next_read_at, _c.id)
            .limit(limit)
        )
        return [to_source(row) for row in await self._connection.execute(statement)]

    async def set_right(self, *, now: datetime) -> int:
        is_astray = or_(_c.last_read_at > now, _c.failing_since > now)
        of = select(_c.id, _c.next_read_at, _c.last_read_at, _c.failing_since).where(is_astray, _c.next_read_at > now)
        astray = (await self._connection.execute(of)).all()
        for row in astray:
            noted = [time for time in (row.last_read_at, row.failing_since) if time and time > now]
            next_read_at = max(now, row.next_read_at - (max(noted) - now))
            earlier = {"last_read_at": _by(row.last_read_at, now), "failing_since": _by(row.failing_since, now)}
            await self._set(SourceId(row.id), next_read_at=next_read_at, **earlier)
        return len(astray)

    async def save(self, source: Source) -> None:
        values = {
            **_described(source),
            "added_at": source.added_at,
            "next_read_at": source.next_read_at,
            "last_read_at": source.last_read_at,
            "etag": source.validators.etag,
            "last_modified": source.validators.last_modified,
            "digest": source.validators.digest,
            "rest_s": None if source.validators.rest is None else source.validators.rest.total_seconds(),
            "trouble_kind": source.trouble.kind if source.trouble else None,
            "trouble_message": source.trouble.message if source.trouble else None,
            "failures": source.failures,
            "failing_since": source.failing_since,
            "is_trouble_told": source.is_trouble_told,
            "identity": source.identity,
            "lately": source.lately,
            "entries": source.entries,
            "move_address": source.move.address if source.move else None,
            "move_since": source.move.since if source.move else None,
            "move_answers": source.move.answers if source.move else 0,
            "hub_address": source.hub.address if source.hub else None,
            "hub_topic": source.hub.topic if source.hub else None,
        }
        await self._set(source.id, **values)

    async def hold(self, source_id: SourceId) -> Source | None:
        row = (await self._connection.execute(_HOLD, {"the_source": source_id})).one_or_none()
        return to_source(row) if row else None

    async def pushed(self, source_id: SourceId, at: datetime | None) -> None:
        await self._set(source_id, pushed_at=at)

    async def pause(self, source_id: SourceId) -> None:
        await self._set(source_id, is_paused=True)

    async def resume(self, source_id: SourceId, *, now: datetime) -> None:
        await self._set(source_id, is_paused=False, next_read_at=now, failures=0)

    async def label(self, source_id: SourceId, labels: tuple[str, ...]) -> None:
        await self._set(source_id, labels=labels)

    async def move(self, source_id: SourceId, address: str) -> bool:
        is_taken = select(_c.id).where(_c.address == address, _c.id != source_id)
        if (await self._connection.execute(is_taken)).first() is not None:
            return False
        await self._set(source_id, address=address)
        return True

    async def remove(self, source_id: SourceId) -> None:
        await self._connection.execute(update(sources).where(_c.id == source_id).values(is_removed=True))
        of_source = (subscriptions.c.kind == SOURCE, subscriptions.c.subject == str(source_id))
        await self._connection.execute(delete(subscriptions).where(*of_source))
        await self._connection.execute(delete(hubs).where(hubs.c.source_id == source_id))

    async def _set(self, source_id: SourceId, **values: Any) -> None:
        await self._connection.execute(_SET, {"the_source": source_id, **values})

    async def _one(self, condition: Any) -> Source | None:
        row = (await self._connection.execute(select(sources).where(condition, ~_c.is_removed))).one_or_none()
        return to_source(row) if row else None


def to_source(row: Row[*tuple[Any, ...]]) -> Source:
    """The source that a row of all the table's columns is."""
    trouble = Trouble(kind=row.trouble_kind, message=row.trouble_message or "") if row.trouble_kind else None
    move = Move(address=row.move_address, since=row.move_since, answers=row.move_answers) if row.move_address else None
    return Source(
        id=SourceId(row.id),
        kind=SourceKind(row.kind),
        address=row.address,
        title=row.title,
        site=row.site,
        language=row.language,
        interval_s=row.interval_s,
        keeps_interval=row.keeps_interval,
        fetches_full_text=row.fetches_full_text,
        footer=row.footer,
        opinion_prompt=row.opinion_prompt,
        labels=row.labels,
        added_at=row.added_at,
        next_read_at=row.next_read_at,
        last_read_at=row.last_read_at,
        validators=Validators(
            etag=row.etag,
            last_modified=row.last_modified,
            digest=row.digest,
            rest=None if row.rest_s is None else timedelta(seconds=row.rest_s),
        ),
        trouble=trouble,
        failures=row.failures,
        failing_since=row.failing_since,
        is_trouble_told=row.is_trouble_told,
        identity=Identity(row.identity),
        lately=row.lately,
        entries=row.entries,
        move=move,
        is_paused=row.is_paused,
        hub=HubLink(address=row.hub_address, topic=row.hub_topic) if row.hub_address else None,
        pushed_at=row.pushed_at,
    )


def _by(time: datetime | None, now: datetime) -> datetime | None:
    return time and min(time, now)


def _described(source: NewSource) -> Mapping[str, Any]:
    return {
        "kind": source.kind,
        "address": source.address,
        "title": source.title,
        "site": source.site,
        "language": source.language,
        "interval_s": source.interval_s,
        "keeps_interval": source.keeps_interval,
        "fetches_full_text": source.fetches_full_text,
        "footer": source.footer,
        "opinion_prompt": source.opinion_prompt,
    }
