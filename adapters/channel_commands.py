"""The commands about channels: their words, and what they say."""

from typing import Annotated

import typer

from adapters.terminal import AsJson, checked_settings, finished, say_all, say_json

app = typer.Typer(help="Places on Discord and Telegram that the bot posts to.", no_args_is_help=True)


@app.command("list")
def list_channels(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the channels met last, what each follows, and why one gets nothing."""
    from adapters import channels
    from adapters.told_as_json import told_channel
    from adapters.told_in_words import channel_line

    found = finished(channels.latest_channels(checked_settings(), limit=limit))
    if as_json:
        say_json([told_channel(one.channel, one.subscriptions) for one in found])
    else:
        say_all([channel_line(one.channel, one.subscriptions) for one in found] or ["No channel yet."])
