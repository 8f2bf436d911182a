"""What deliveries show."""

from collections.abc import Mapping, Sequence

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId
from bot.domain.delivery import Claim, DeliveryId, ParkedPost
from bot.domain.digest import Digest
from bot.domain.notice import NoticeId, NoticeKind
from bot.domain.story import Story
from bot.messages.post import Post
from bot.ports.storage import Reading
from bot.views.digest import HEADLINES_IN_DIGEST, digest_post
from bot.views.headline import card
from bot.views.moderation import DoubtfulPost, Word, word

Shown = Story | Digest | Word


class NothingToShowError(Exception):
    """What was to be told is not so any more."""


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
        elif claim.notice_id is not None:
            found = await _word(look, claim.notice_id)
        if found:
            shown[claim.id] = found
    return shown


def post_of(shown: Shown) -> Post:
    """The post that channels see. Raises NothingToShowError."""
    match shown:
        case Story():
            return card(shown)
        case Digest():
            return digest_post(shown)
        case Word():
            if post := word(shown):
                return post
            raise NothingToShowError("it was no longer so when it could be told")


async def doubtful(look: Reading, channel_id: ChannelId) -> tuple[DoubtfulPost, ...]:
    """The channel's posts of which nobody knows whether they arrived, newest first."""
    parked = await look.deliveries.parked(channel_id)
    stories = await look.stories.find_all({post.story_id for post in parked if post.story_id is not None})
    return tuple(DoubtfulPost(id=post.id, title=_title(post, stories)) for post in parked)


def _title(post: ParkedPost, stories: Mapping[StoryId, Story]) -> str:
    if post.story_id is None:
        return "Several stories in one post"
    return stories[post.story_id].title if post.story_id in stories else f"Story {post.story_id}"


async def _word(look: Reading, notice_id: NoticeId) -> Word | None:
    notice = await look.notices.find(notice_id)
    if notice is None:
        return None
    if notice.source_id is not None:
        return Word(notice=notice, source=await look.sources.find(notice.source_id))
    if notice.channel_id is None:
        return None
    is_about_posts = notice.kind in {NoticeKind.POSTS_PARKED, NoticeKind.POSTS_RESTORED}
    return Word(
        notice=notice,
        channel=await look.channels.numbered(notice.channel_id),
        posts=await doubtful(look, notice.channel_id) if is_about_posts else (),
        held=await look.deliveries.held(notice.channel_id),
    )
