"""The commands about stories and articles: their words, and what they say."""

from typing import Annotated

import typer

from adapters.terminal import AsJson, checked_settings, finished, say, say_all, say_json

story_app = typer.Typer(help="Events, each told by one source or several.", no_args_is_help=True)
article_app = typer.Typer(help="The texts that sources published.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(min=1, help="Its number.")]
OfSource = Annotated[int | None, typer.Option("--source", help="Of one source only, by its number.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


@story_app.command("list")
def list_stories(*, source: OfSource = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """List the latest stories."""
    from adapters import stories
    from adapters.told_as_json import told_story
    from adapters.told_in_words import story_line

    found = finished(stories.latest_stories(checked_settings(), source=source, limit=limit))
    if as_json:
        say_json([told_story(shown.story, shown.topics, is_whole=False) for shown in found])
    else:
        say_all([story_line(shown.story) for shown in found] or ["No story yet."])


@story_app.command("show")
def show_story(number: Number, *, as_json: AsJson = False) -> None:
    """Show a story with every text that tells it."""
    from adapters import stories
    from adapters.told_as_json import told_story
    from adapters.told_in_words import story_lines

    shown = finished(stories.one_story(checked_settings(), number))
    if as_json:
        say_json(told_story(shown.story, shown.topics, is_whole=True))
    else:
        say_all(story_lines(shown.story, shown.topics))


@story_app.command("merge")
def merge_stories(
    one: Annotated[int, typer.Argument(min=1, help="A story's number.")],
    other: Annotated[int, typer.Argument(min=1, help="Another's.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make one story of two: the older one tells both, with the opinions of both."""
    from adapters import stories
    from adapters.told_as_json import told_story
    from adapters.told_in_words import story_line

    merged = finished(stories.merge_stories(checked_settings(), one, other))
    if as_json:
        say_json(told_story(merged.story, merged.topics, is_whole=False))
    else:
        say(story_line(merged.story))


@story_app.command("split")
def split_story(
    article: Annotated[int, typer.Argument(min=1, help="The number of the article that tells something else.")],
    *,
    announce: Annotated[
        bool, typer.Option("--announce", help="Post it where it is followed and not yet shown.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an article a story of its own again; opinions stay where they were given."""
    from adapters import stories
    from adapters.told_as_json import told_story
    from adapters.told_in_words import story_line

    alone = finished(stories.split_story(checked_settings(), article, announce=announce))
    if as_json:
        say_json(told_story(alone.story, alone.topics, is_whole=False))
    else:
        say(story_line(alone.story))


@article_app.command("list")
def list_articles(*, source: OfSource = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """List the articles that came in last."""
    from adapters import stories
    from adapters.told_as_json import told_heading
    from adapters.told_in_words import heading_line

    found = finished(stories.latest_articles(checked_settings(), source=source, limit=limit))
    if as_json:
        say_json([told_heading(told) for told in found])
    else:
        say_all([heading_line(told) for told in found] or ["No article yet."])


@article_app.command("show")
def show_article(number: Number, *, as_json: AsJson = False) -> None:
    """Show an article as its source wrote it."""
    from adapters import stories
    from adapters.told_as_json import told_article
    from adapters.told_in_words import article_lines

    told = finished(stories.one_article(checked_settings(), number))
    if as_json:
        say_json(told_article(told))
    else:
        say_all(article_lines(told))
