"""Words for those who look after a channel: what happened, and what to do."""

from dataclasses import replace

import pytest

from bot.domain.channel import Channel, ChannelId, ChannelKind, Loss
from bot.domain.delivery import DeliveryId
from bot.domain.history import GivenUp
from bot.domain.notice import Notice, NoticeId, NoticeKind
from bot.messages.text import plain
from bot.views.moderation import DoubtfulPost, Standing, Word, noted, standing_blocks, standing_rows, word
from tests.builders import NOON, channel_ref

_CHANNEL = Channel(
    id=ChannelId(5), ref=channel_ref(), kind=ChannelKind.GROUP, title="#news", added_at=NOON, paused_because="403"
)
_PAUSED = Notice(
    id=NoticeId(3), kind=NoticeKind.CHANNEL_PAUSED, key="k", about="#news", channel_id=ChannelId(5), at=NOON
)


@pytest.mark.parametrize(
    ("loss", "what", "remedy"),
    [
        (Loss.BLOCKED, "blocked", "Unblock me"),
        (Loss.SHUT_OUT, "not in #news any more", "Invite me again"),
        (Loss.NO_RIGHTS, "not allowed to write", "send messages there"),
        (Loss.CLOSED, "closed or locked", "Open it again"),
        (Loss.GONE, "cannot find #news any more", "/subscribe in the place"),
        (None, "not in #news any more", "Invite me again"),
    ],
)
def test_a_pause_says_what_happened_and_what_to_do_and_never_the_platforms_own_words(
    loss: Loss | None, what: str, remedy: str
) -> None:
    post = word(Word(notice=_PAUSED, channel=replace(_CHANNEL, paused_as=loss, paused_at=NOON)))
    assert post
    words = "\n".join(plain(block.text) for block in post.blocks)
    assert what in words
    assert remedy in words
    assert "403" not in words


@pytest.mark.parametrize("loss", Loss)
def test_the_same_is_said_in_whole_sentences_in_the_place_itself(loss: Loss) -> None:
    [block] = standing_blocks(Standing(channel=replace(_CHANNEL, paused_as=loss, paused_at=NOON)))
    sentences = plain(block.text).removesuffix(".").split(". ")
    assert [sentence for sentence in sentences if not sentence[0].isupper()] == []


@pytest.mark.parametrize("kind", NoticeKind)
def test_what_is_not_so_any_more_has_no_words(kind: NoticeKind) -> None:
    told = Word(notice=replace(_PAUSED, kind=kind), channel=replace(_CHANNEL, paused_because=None))
    assert (word(told) is None) is (kind not in {NoticeKind.POST_REFUSED, NoticeKind.CHANNEL_GOES_ON})


def test_that_posting_goes_on_is_not_said_where_it_is_paused_again() -> None:
    assert word(Word(notice=replace(_PAUSED, kind=NoticeKind.CHANNEL_GOES_ON), channel=_CHANNEL)) is None


@pytest.mark.parametrize(
    ("kind", "why"), [(NoticeKind.POSTS_PARKED, "connection broke"), (NoticeKind.POSTS_RESTORED, "backup was restored")]
)
def test_doubtful_posts_say_why_they_are(kind: NoticeKind, why: str) -> None:
    posts = (DoubtfulPost(id=DeliveryId(1), title="Harbour"),)
    post = word(Word(notice=replace(_PAUSED, kind=kind), channel=_CHANNEL, posts=posts))
    assert post
    assert why in plain(post.blocks[0].text)
    assert "{}" not in plain(post.blocks[0].text)


def test_many_doubtful_posts_are_named_in_part_and_meant_all() -> None:
    posts = tuple(DoubtfulPost(id=DeliveryId(number), title=f"Story {number}") for number in range(9, 0, -1))
    [block] = standing_blocks(Standing(channel=replace(_CHANNEL, paused_because=None), posts=posts))
    assert plain(block.text).endswith("… and 4 more.")
    [[again, leave]] = standing_rows(Standing(channel=replace(_CHANNEL, paused_because=None), posts=posts))
    assert (again.label, leave.label) == ("Resend all 9", "Leave them")
    assert again.action
    assert again.action.subject == 9


def test_what_was_given_up_is_named_with_its_reason() -> None:
    given_up = (GivenUp(title="Harbour reopens", reason="it failed on our side 5 times"),)
    [block] = standing_blocks(Standing(channel=replace(_CHANNEL, paused_because=None), given_up=given_up))
    assert plain(block.text).endswith("\n• Harbour reopens: it failed on our side 5 times.")


def test_a_channel_that_is_as_it_should_be_has_nothing_said_of_it() -> None:
    standing = Standing(channel=replace(_CHANNEL, paused_because=None))
    assert (standing_blocks(standing), standing_rows(standing)) == ((), ())


def test_what_was_noted_is_said_in_short() -> None:
    assert plain(noted(_PAUSED).blocks[0].text) == "Noted: #news"
