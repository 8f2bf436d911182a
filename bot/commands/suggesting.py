"""What could follow what is being typed."""

from bot.commands.house import House
from bot.messages.exchange import Suggest, Suggestion, Suggestions
from bot.messages.fitting import shorten
from bot.services.subscribe import EVERYTHING
from bot.views.following import target_name
from bot.views.settings import PREFERENCES

_MOST = 25
_ROOM = 100


async def suggest(house: House, request: Suggest) -> Suggestions:
    """Stories for a story, what is followed here for what is to be stopped, else topics and sources."""
    match request.command, request.option:
        case _, "story":
            items = await _stories(house, request.typed)
        case "unsubscribe", _:
            items = await _followed(house, request)
        case "subscribe", _:
            items = [*_everything(request.typed), *await _wishes(house, request.typed)]
        case "settings", _:
            items = [Suggestion(value=choice, label=choice) for choice in PREFERENCES]
        case "headlines", _:
            items = await _wishes(house, request.typed)
        case _:
            items = []
    return Suggestions(items=tuple(items[:_MOST]))


async def _stories(house: House, typed: str) -> list[Suggestion]:
    async with house.storage.reading() as look:
        found = (
            await look.stories.search(typed, limit=_MOST) if typed.strip() else await look.stories.latest(limit=_MOST)
        )
    return [Suggestion(value=str(story.id), label=shorten(f"{story.id}. {story.title}", _ROOM)) for story in found]


async def _wishes(house: House, typed: str) -> list[Suggestion]:
    async with house.storage.reading() as look:
        sources = await look.sources.all()
    wanted = typed.strip().casefold()
    names = [topic.name("en") for topic in house.topics.catalogue.suggest(typed, limit=_MOST)]
    names += [source.title for source in sources if wanted in source.title.casefold()]
    return [Suggestion(value=name[:_ROOM], label=shorten(name, _ROOM)) for name in dict.fromkeys(names)]


async def _followed(house: House, request: Suggest) -> list[Suggestion]:
    wanted = request.typed.strip().casefold()
    async with house.storage.reading() as look:
        channel = await look.channels.find(request.scene.channel)
        listed = await look.subscriptions.of(channel.id) if channel else []
    names = [target_name(subscription.target).strip("“”") for subscription in listed]
    return [Suggestion(value=name[:_ROOM], label=shorten(name, _ROOM)) for name in names if wanted in name.casefold()]


def _everything(typed: str) -> list[Suggestion]:
    return [Suggestion(value=EVERYTHING, label="Everything")] if EVERYTHING.startswith(typed.strip().casefold()) else []
