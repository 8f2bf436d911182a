"""What deliveries show."""

from collections.abc import Mapping, Sequence

from bot.domain.delivery import Claim, DeliveryId
from bot.domain.digest import Digest
from bot.domain.story import Story
from bot.messages.post import Post
from bot.ports.storage import Reading
from bot.views.digest import HEADLINES_IN_DIGEST, digest_post
from bot.views.headline import card

Shown = Story | Digest


async def shown_by(look: Reading, claims: Sequence[Claim]) -> Mapping[DeliveryId, Shown]:
    """What each is to show as it stands now; a delivery of what is no longer there is left out."""
    stories = await look.stories.find_all({claim.story_id for claim in claims if claim.story_id is not None})
    shown: dict[DeliveryId, Shown] = {}
    for claim in claims:
        found: Shown | None = None
        if claim.story_id is not None:
            found = stories.get(claim.story_id)
        elif claim.digest_id is not None:
            found = await look.digests.find(claim.digest_id, headlines=HEADLINES_IN_DIGEST)
        if found:
            shown[claim.id] = found
    return shown


def post_of(shown: Shown) -> Post:
    """The post that channels see."""
    match shown:
        case Story():
            return card(shown)
        case Digest():
            return digest_post(shown)
