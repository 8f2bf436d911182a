"""What the platforms showed, compared with what the newspapers told and the database promises."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import select
from typing_extensions import override

from bot.domain.delivery import DeliveryKind, DeliveryState
from storage.database import Database, open_storage
from storage.tables import channels, deliveries
from tests.crash.ground import Ground
from tests.crash.paper import code_in
from tests.world import Json

Place = tuple[str, str, str]
"""Platform, chat and the article's code."""


@dataclass(slots=True, kw_only=True)
class Verdict:
    """How a kill loop ended. ``in_flight`` counts Telegram sends that were open when the bot was killed.

    ``unseen`` of the ``parked`` were shown nowhere: their sends were cut twice, and a moderator decides.
    ``broken`` says in sentences what must not be.
    """

    kills: int
    lost: int = 0
    discord_repeats: int = 0
    telegram_extra: int = 0
    in_flight: int = 0
    max_copies: int = 0
    parked: int = 0
    unseen: int = 0
    shown: int = 0
    edits: int = 0
    opinions: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether every promise was."""
        return not self.broken and not self.lost and not self.discord_repeats and self.telegram_extra <= self.in_flight

    def in_full(self) -> str:
        """With what else there was to count."""
        return (
            f"{self} (shown {self.shown}, edited {self.edits}, opinions {self.opinions}, "
            f"parked {self.parked}, of these shown nowhere {self.unseen})"
        )

    def __add__(self, other: "Verdict") -> "Verdict":
        """Both together."""
        mine, theirs = dataclasses.asdict(self), dataclasses.asdict(other)
        most = max(self.max_copies, other.max_copies)
        return replace(Verdict(**{name: mine[name] + theirs[name] for name in mine}), max_copies=most)

    @override
    def __str__(self) -> str:
        return (
            f"kills {self.kills} lost {self.lost} discord_repeats {self.discord_repeats} "
            f"telegram_extra {self.telegram_extra} in_flight {self.in_flight} max_copies {self.max_copies}"
        )


@dataclass(slots=True)
class Witness:
    """Looks at the database after each kill and remembers what was open."""

    ground: Ground
    flights: Counter[Place] = field(default_factory=Counter)

    async def look(self) -> None:
        """While no bot runs: note what is stored and which sends are open."""
        storage = open_storage(self.ground.database)
        try:
            await self.learn(storage)
            async with storage.reading() as look:
                now = datetime.now(UTC)  # noqa: TID251  # the harness has no clock but the machine's
                for claim in await look.deliveries.abandoned(now=now, holder="nobody"):
                    if claim.kind is not DeliveryKind.HEADLINE or claim.story_id is None:
                        continue
                    if story := await look.stories.find(claim.story_id):
                        self.flights[claim.channel.platform, claim.channel.id, code_in(story.title) or ""] += 1
        finally:
            await storage.close()

    async def learn(self, storage: Database, *, stories: int = 100) -> None:
        """Tell the press what is stored by now."""
        async with storage.reading() as look:
            for story in await look.stories.latest(limit=stories):
                if code := code_in(story.title):
                    self.ground.press.stored[code] = story.title


async def judge(ground: Ground, witness: Witness, *, kills: int) -> Verdict:
    """After the last bot has brought everything to its end."""
    ledger = await ground.world.ledger()
    copies: Counter[Place] = Counter()
    first_shown: dict[Place, int] = {}
    faces: dict[tuple[str, str, str], Json] = {}
    for entry in ledger:
        code = code_in(entry.get("title") or "")
        if entry["kind"] in {"shown", "edited"} and code and not entry.get("to"):
            faces[entry["platform"], entry["chat"], entry["message"]] = entry
            if entry["kind"] == "shown":
                copies[entry["platform"], entry["chat"], code] += 1
                first_shown.setdefault((entry["platform"], entry["chat"], code), entry["n"])
    verdict = Verdict(kills=kills, shown=copies.total(), edits=sum(entry["kind"] == "edited" for entry in ledger))
    promises = await _promises(ground)
    parked = frozenset(place for place, state in promises.items() if state is DeliveryState.PARKED)
    wanted = {(chat["platform"], chat["chat"], code) for chat in ground.chats for code in ground.press.titles}
    count(verdict, wanted, copies, witness.flights, parked)
    verdict.broken += [f"shown too early: {place}" for place in out_of_order(promises, first_shown)]
    await _compare_cards(verdict, ground, faces, parked)
    return verdict


def count(
    verdict: Verdict,
    wanted: AbstractSet[Place],
    copies: Counter[Place],
    flights: Counter[Place],
    parked: AbstractSet[Place],
) -> None:
    """Compare what was to be shown, how often it was, how often its sends were cut, and what was put aside."""
    unseen = {place for place in wanted if not copies[place]}
    lost = unseen - parked
    repeated = {place: number - 1 for place, number in copies.items() if number > 1}
    verdict.parked, verdict.unseen, verdict.lost = len(parked), len(unseen & parked), len(lost)
    verdict.discord_repeats = sum(extra for place, extra in repeated.items() if place[0] == "discord")
    verdict.telegram_extra = sum(extra for place, extra in repeated.items() if place[0] == "telegram")
    verdict.in_flight = sum(number for place, number in flights.items() if place[0] == "telegram")
    verdict.max_copies = max(copies.values(), default=0)
    verdict.broken += [f"lost: {place}" for place in sorted(lost)]
    verdict.broken += [f"repeated: {place}" for place in repeated if place[0] == "discord"]
    verdict.broken += [
        f"{extra} extra copies for {flights[place]} sends in flight: {place}"
        for place, extra in repeated.items()
        if extra > min(1, flights[place])
    ]
    verdict.broken += [f"put aside for less than two kills: {place}" for place in parked if flights[place] < 2]
    verdict.broken += [f"shown, but never told: {place}" for place in copies.keys() - wanted]


def out_of_order(promised: Iterable[Place], first_shown: Mapping[Place, int]) -> list[Place]:
    """Those that were shown before one that was promised to the same chat earlier."""
    latest: dict[tuple[str, str], int] = {}
    early = []
    for place in promised:
        if (number := first_shown.get(place)) is None:
            continue
        before = latest.get(place[:2], 0)
        latest[place[:2]] = max(before, number)
        if number < before:
            early.append(place)
    return early


async def _promises(ground: Ground) -> dict[Place, DeliveryState]:
    """Every headline's state, in the order in which they were promised."""
    storage = open_storage(ground.database)
    statement = (
        select(deliveries.c.story_id, deliveries.c.platform, deliveries.c.state, channels.c.place)
        .join_from(deliveries, channels, channels.c.id == deliveries.c.channel_id)
        .where(deliveries.c.kind == DeliveryKind.HEADLINE)
        .order_by(deliveries.c.id)
    )
    try:
        async with storage.looking() as connection, storage.reading() as look:
            codes = {story.id: code_in(story.title) or "" for story in await look.stories.latest(limit=1_000_000)}
            rows = await connection.execute(statement)
            return {(row.platform, row.place, codes[row.story_id]): DeliveryState(row.state) for row in rows}
    finally:
        await storage.close()


async def _compare_cards(
    verdict: Verdict, ground: Ground, faces: dict[tuple[str, str, str], Json], parked: frozenset[Place]
) -> None:
    """Each story stands in each chat with its latest title and the opinions as they were counted.

    Of what is parked nobody knows where it stands, so it cannot be edited.
    """
    shown: defaultdict[Place, set[tuple[str, ...]]] = defaultdict(set)
    for (platform, chat, _), face in faces.items():
        labels = (button["label"] for button in face["buttons"])
        votes = (label for label in labels if label[0] in "👍👎")
        shown[platform, chat, code_in(face["title"]) or ""].add((face["title"], *votes))
    storage = open_storage(ground.database)
    try:
        async with storage.reading() as look:
            stories = await look.stories.latest(limit=1_000_000)
    finally:
        await storage.close()
    for story in stories:
        tally = story.tally
        verdict.opinions += tally.in_favour + tally.against
        right = (story.title, f"👍 {tally.in_favour}", f"👎 {tally.against}")
        for chat in ground.chats:
            place = (chat["platform"], chat["chat"], code_in(story.title) or "")
            faces_there = shown.get(place)
            if faces_there and right not in faces_there and place not in parked:
                verdict.broken.append(f"not up to date on {chat['platform']}: {faces_there}, it should be {right}")
