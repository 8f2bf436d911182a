"""Where posts go and where they stand, as columns of ``channels`` and ``deliveries``."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from bot.domain.channel import ChannelRef
from bot.domain.delivery import Receipt
from storage.tables import channels


def is_at(ref: ChannelRef) -> tuple[Any, ...]:
    """The conditions that a row of ``channels`` is this place's."""
    return (
        channels.c.platform == ref.platform,
        channels.c.place == ref.id,
        channels.c.thread == (ref.thread or ""),
    )


def to_ref(row: Row[*tuple[Any, ...]]) -> ChannelRef:
    """The place that a row with ``platform``, ``place`` and ``thread`` names."""
    return ChannelRef(platform=row.platform, id=row.place, thread=row.thread or None)


def to_receipt(row: Row[*tuple[Any, ...]]) -> Receipt | None:
    """The receipt that a row with ``platform`` and the columns of a receipt holds."""
    if row.receipt_messages is None:
        return None
    where = ChannelRef(platform=row.platform, id=row.receipt_place, thread=row.receipt_thread)
    return Receipt(channel=where, message_ids=row.receipt_messages, note=row.receipt_note)


def receipt_columns(receipt: Receipt | None) -> Mapping[str, Any]:
    """What a receipt is in columns."""
    return {
        "receipt_place": receipt.channel.id if receipt else None,
        "receipt_thread": receipt.channel.thread if receipt else None,
        "receipt_messages": receipt.message_ids if receipt else None,
        "receipt_note": receipt.note if receipt else None,
    }
