"""The commands about sources: their words, and what they say."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from adapters.terminal import AsJson, checked_settings, complain, finished, say, say_all, say_json
from bot.domain.source import Source
from bot.ports.reading import FoundFeed
from bot.services.import_sources import Imported

app = typer.Typer(help="The feeds that are read.", no_args_is_help=True)

_PROGRESS_EVERY = 100

Which = Annotated[str, typer.Argument(help="Its number or address.")]


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="The feed's address, or that of a site that has feeds.")],
    *,
    title: Annotated[str | None, typer.Option(help="What to call it; its own title if not given.")] = None,
    every: Annotated[int | None, typer.Option(min=10, max=86_400, help="Seconds between two readings.")] = None,
    full_text: Annotated[bool, typer.Option(help="Read the rest of a text that is cut from its page.")] = True,
    post_newest: Annotated[
        bool, typer.Option(help="Post its newest article at once where it is followed; older ones never are.")
    ] = True,
    choose: Annotated[int | None, typer.Option(help="Which one of a site's feeds, by its number.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read a feed now and from now on; of what it holds already, its newest article is posted, or nothing."""
    from adapters import sources
    from adapters.told_as_json import told_feeds, told_source
    from adapters.told_in_words import counted, feed_lines

    def chosen(feeds: Sequence[FoundFeed]) -> int | None:
        if as_json:
            say_json({"feeds": told_feeds(feeds)})
            return None
        say_all(feed_lines(feeds))
        return _number_from_a_person(len(feeds))

    added = finished(
        sources.add(
            checked_settings(),
            address,
            title=title,
            every=every,
            fetches_full_text=full_text,
            posts_newest=post_newest,
            choice=choose,
            choose=chosen,
        )
    )
    held = len(added.published.new)
    if as_json:
        say_json({"source": told_source(added.source), "articles": held})
    else:
        say(f"{added.source.id}. {added.source.title}: {counted(held, 'articles')} now, new ones as they come.")


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List what is read, and what went wrong with it."""
    from adapters import sources
    from adapters.told_as_json import told_source
    from adapters.told_in_words import source_line

    found = finished(sources.all_sources(checked_settings()))
    if as_json:
        say_json([told_source(source) for source in found])
    else:
        say_all(map(source_line, found) if found else ["No source yet. Add one: newsbot source add URL"])


@app.command("check")
def check(
    address: Annotated[str, typer.Argument(metavar="URL", help="The feed's address, or a file's path.")],
    *,
    pages: Annotated[
        bool | None,
        typer.Option(help="Read the rest of a text that is cut from its page; not for a file.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what the bot would store of a feed, and store nothing; ends with 1 if it cannot be read."""
    from adapters import checking
    from adapters.errors import with_remedy
    from adapters.told_as_json import told_checked
    from adapters.told_in_words import checked_lines

    checked = finished(checking.check(checked_settings(), address, reads_pages=pages))
    if as_json:
        say_json(told_checked(checked.reading, checked.entries, checked.problem))
    elif checked.reading:
        say_all(checked_lines(checked.reading, checked.entries))
    if checked.problem:
        if not as_json:
            complain(with_remedy(checked.problem))
        raise typer.Exit(1)


@app.command("pause")
def pause(which: Which, *, as_json: AsJson = False) -> None:
    """Stop reading a source until it is resumed."""
    from adapters import sources

    _changed(finished(sources.pause(checked_settings(), which)), "Paused {}.", as_json=as_json)


@app.command("resume")
def resume(which: Which, *, as_json: AsJson = False) -> None:
    """Read a paused source again; of what came meanwhile, ten are posts and the rest is one."""
    from adapters import sources

    _changed(finished(sources.resume(checked_settings(), which)), "Reading {} again.", as_json=as_json)


@app.command("remove")
def remove(which: Which, *, as_json: AsJson = False) -> None:
    """Stop reading a source; its stories stay."""
    from adapters import sources

    _changed(finished(sources.remove(checked_settings(), which)), "Removed {}. Its stories stay.", as_json=as_json)


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="An OPML file.")],
    *,
    announce: Annotated[bool, typer.Option(help="Announce the newest article of each.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add all feeds of an OPML file, each read first; run again, it goes on with what is missing."""
    from adapters import feed_lists
    from adapters.told_as_json import told_import
    from adapters.told_in_words import listed_feed

    imported = finished(feed_lists.import_list(checked_settings(), file, announces=announce, progress=_progress))
    if as_json:
        say_json(told_import(imported))
    else:
        for refused in imported.refused:
            complain(f"{listed_feed(refused.feed)}: {refused.why.message}")
        say(f"{len(imported.added)} added, {imported.known} known already, {len(imported.refused)} not readable.")
    if imported.refused:
        raise typer.Exit(1)


@app.command("export")
def export_list(
    file: Annotated[Path, typer.Argument(help="The OPML file to write.")], *, as_json: AsJson = False
) -> None:
    """Write all feeds to an OPML file, with their labels as folders."""
    from adapters import feed_lists
    from adapters.told_in_words import counted

    count = finished(feed_lists.export_list(checked_settings(), file))
    if as_json:
        say_json({"file": str(file), "feeds": count})
    else:
        say(f"{counted(count, 'feeds')} written to {file}.")


def _changed(source: Source, sentence: str, *, as_json: bool) -> None:
    from adapters.told_as_json import told_source

    if as_json:
        say_json(told_source(source))
    else:
        say(sentence.format(source.title))


def _number_from_a_person(most: int) -> int | None:
    if not sys.stdin.isatty():
        complain("Add --choose with a number.")
        return None
    while True:
        number: int = typer.prompt("Which one", type=int)
        if 1 <= number <= most:
            return number


def _progress(imported: Imported) -> None:
    """On a terminal one line that counts; else one line for every hundred."""
    line = f"{imported.done} of {imported.total}: {len(imported.added)} added, {len(imported.refused)} not readable"
    is_last = imported.done == imported.total
    if sys.stderr.isatty():
        complain(f"\r{line}", end="\n" if is_last else "")
    elif is_last or (imported.done and imported.done % _PROGRESS_EVERY == 0):
        complain(line)
