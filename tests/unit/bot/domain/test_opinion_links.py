"""Opinions invite nobody elsewhere and hide no address; every other link stays."""

import pytest

from adapters.discord.limits import INVITATIONS as DISCORD
from adapters.telegram.limits import INVITATIONS as TELEGRAM
from bot.domain.errors import OpinionError
from bot.domain.opinion import clean_words
from bot.domain.opinion_links import SHORTENERS, OpinionLinks

LINKS = OpinionLinks((*DISCORD, *TELEGRAM))

INVITING = (
    *("discord.gg/abc", "https://discord.gg/abc", "Come to DISCORD.GG/abc!", "<https://www.discord.gg/abc>"),
    *("https://discord.com/invite/abc", "http://ptb.discord.com/invite/abc", "discordapp.com/invite/abc"),
    *("[news](https://discord.gg/abc)", "(discord.gg/abc)", "https://discord.gg//abc", "https://discord.gg:443/abc"),
    *("https://discord.gg./abc", "https://discord.gg\\abc", "https://me@discord.gg/abc", "discord.gg/%61bc"),
    *("ｄｉｓｃｏｒｄ.ｇｇ/abc", "discord。gg/abc", "disc\u00adord.gg/abc", "dis\u200dcord.gg/abc", "dsc.gg/abc"),
    *("t.me/+AbCdEf", "https://t.me/+AbCdEf", "t.me/joinchat/AbCdEf", "https://telegram.me/joinchat/AbCdEf"),
    *(
        "telegram.dog/+AbCdEf",
        "https://t.me/%2BAbCdEf",
        "T.ME/JoinChat/x",
        "tg://join?invite=AbCdEf",
        "tg:join?invite=A",
    ),
)
HARMLESS = (
    *("https://example.com/news", "discord.gg is a host of theirs.", "https://discord.com/developers/docs"),
    *("https://mydiscord.gg/abc", "https://not-t.me/+x", "https://t.me/durov", "t.me/s/news/12", "I met.me/+1 on that"),
    *("https://example.com/?from=100%", "1/2 + 1/2 = 1", "https://example.com/discord.gg", "ratio bit.ly 3:1"),
    *("https://habit.ly/x", "https://orbit.co/x", "https://is.gdansk.pl/x", "at.co/x", "Это важное решение."),
)


@pytest.mark.parametrize("words", INVITING)
def test_an_invitation_is_refused_in_every_spelling_that_leads_there(words: str) -> None:
    with pytest.raises(OpinionError, match=r"nothing was saved\. Leave the link out and send it again"):
        LINKS.check(clean_words(words))


@pytest.mark.parametrize("host", SHORTENERS)
def test_a_shortened_link_is_refused_by_its_name(host: str) -> None:
    with pytest.raises(OpinionError, match=rf"\({host}\) does not say where it leads"):
        LINKS.check(f"Read https://www.{host.upper()}/3xYz, please.")


@pytest.mark.parametrize("words", HARMLESS)
def test_every_other_word_and_link_is_taken(words: str) -> None:
    LINKS.check(clean_words(words))
