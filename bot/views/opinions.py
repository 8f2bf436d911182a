"""What readers think of a story, and how they are asked."""

from bot.domain.opinion import MAX_WORDS, Opinion, Stance, Tally
from bot.domain.story import Story
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.form import FieldKind, Form, FormField, Option
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import Span, text
from bot.views.full_story import DEFAULT_QUESTION, question
from bot.views.headline import voice
from bot.views.moments import moment
from bot.views.pager import pager
from bot.views.tally import bar, in_words

OPINIONS_ON_PAGE = 3
_DEFAULT_INVITATION = "Leave the first comment"
STANCE, WORDS = "stance", "words"


def opinion_list(story: Story, opinions: tuple[Opinion, ...], *, page: int, pages: int) -> Post:
    """One page of opinions, newest first; the source's own invitation where there are none."""
    return Post(
        tone=Tone.OPINION,
        title=shorten(story.title, 200),
        link=None,
        byline=text(question(story)),
        blocks=(*_tally(story.tally), *(_opinion(opinion) for opinion in opinions), *_invitation(story)),
        controls=(
            *pager(Verb.LEAF, story.id, page, pages=pages, is_last=page >= pages - 1),
            (_give(story), Control(label="Read the story", action=Action(verb=Verb.READ, subject=story.id))),
        ),
    )


def thanks(story: Story, opinion: Opinion) -> Post:
    """What the person said, as others will see it, and what can still be added."""
    blocks = [voice(opinion)] if opinion.words else []
    if opinion.stance:
        blocks.append(Block(text=text(f"You are {_STANCE_WORDS[opinion.stance]}."), kind=BlockKind.NOTE))
        controls: tuple[Control, ...] = ()
    else:
        blocks.append(Block(text=text("Where do you stand?"), kind=BlockKind.NOTE))
        controls = _stances(story)
    also = Control(label=f"Opinions ({story.tally.words})", action=Action(verb=Verb.OPINIONS, subject=story.id))
    return Post(
        tone=Tone.NOTICE,
        title="Thank you, your opinion is saved",
        blocks=(
            Block(text=text("It appears under ", Span(text=shorten(story.title, 120)), " wherever it is shown.")),
            *blocks,
        ),
        controls=tuple(row for row in (controls, (also,)) if row),
    )


def question_about(story: Story) -> Form:
    """The same form, with the story's title where it is asked in the chat."""
    return opinion_form(Action(verb=Verb.OPINE, subject=story.id), about=shorten(story.title, 200))


def opinion_form(action: Action, *, refusal: str = "", about: str = "") -> Form:
    """The form behind *Give your opinion*: a stance, words, or both.

    Where it is asked in the chat, ``refusal`` says first why it is asked again, ``about`` last which story is meant.
    """
    asked = f"{DEFAULT_QUESTION} Write it as a reply to this message."
    return Form(
        action=action,
        title=DEFAULT_QUESTION,
        prompt="\n\n".join(part for part in (refusal, asked, about) if part),
        fields=(
            FormField(
                name=STANCE,
                label="Where do you stand?",
                kind=FieldKind.CHOICE,
                options=(
                    Option(value=Stance.FOR, label="👍 For"),
                    Option(value=Stance.AGAINST, label="👎 Against"),
                    Option(value=Stance.MIXED, label="🤷 Mixed"),
                ),
            ),
            FormField(
                name=WORDS,
                label="In your words",
                max_length=MAX_WORDS,
                placeholder="What do you think?",
            ),
        ),
    )


def stance_noted(stance: Stance | None) -> str:
    """A toast for a pressed stance; None: it was taken back."""
    return f"Noted: you are {_STANCE_WORDS[stance]}. Press again to take it back." if stance else "Taken back."


_STANCE_WORDS = {Stance.FOR: "for 👍", Stance.AGAINST: "against 👎", Stance.MIXED: "of two minds 🤷"}


BESIDE_THANKS = 1
"""The page of a stance's action that stands under the thanks and not under the story's card."""


def _stances(story: Story) -> tuple[Control, ...]:
    offered = (("👍 For", Verb.FAVOUR), ("👎 Against", Verb.OPPOSE), ("🤷 Mixed", Verb.MIX))
    return tuple(
        Control(label=label, action=Action(verb=verb, subject=story.id, page=BESIDE_THANKS)) for label, verb in offered
    )


def _give(story: Story) -> Control:
    return Control(label="Give your opinion", action=Action(verb=Verb.OPINE, subject=story.id), is_primary=True)


def _tally(tally: Tally) -> tuple[Block, ...]:
    told = "\n".join(line for line in (bar(tally), in_words(tally)) if line)
    return (Block(text=text(told)),) if told else ()


def _opinion(opinion: Opinion) -> Block:
    said = voice(opinion)
    return Block(text=(*said.text, *text(" · ", moment(opinion.at))), kind=BlockKind.QUOTE)


def _invitation(story: Story) -> tuple[Block, ...]:
    if story.tally.words:
        return ()
    prompt = story.lead.source.opinion_prompt
    return (Block(text=text(prompt[1] if len(prompt) > 1 else _DEFAULT_INVITATION)),)
