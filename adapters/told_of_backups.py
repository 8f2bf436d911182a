"""What the command line tells people about backups, line by line."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from adapters.told_in_words import counted
from bot.ports.backups import Contents, Outlook, Restored


def backup_line(file: str, contents: Contents) -> str:
    """What was written."""
    return f"{file} holds {counted(contents.articles, 'articles')}, and {_waiting(contents)}."


def outlook_lines(outlook: Outlook, *, resends: bool, now: datetime) -> Iterator[str]:
    """What coming back to a backup would mean."""
    contents = outlook.contents
    age = now - contents.taken_at
    yield (
        f"The backup was made on {contents.taken_at:%d %b %Y at %H:%M} UTC, {_age(age)} ago. It holds "
        f"{counted(contents.articles, 'articles')}, and {_waiting(contents)}."
    )
    if outlook.present:
        yield (
            f"{counted(outlook.repeats, 'posts')} could repeat: sent since then, on stories that the backup does not "
            "have. Each leaves once more if its source still lists it."
        )
        yield f"{counted(outlook.known, 'posts')} of those that waited in it were sent since, and will not repeat."
        return
    yield (
        "How many posts could repeat cannot be counted, as there is no database of this installation to compare with: "
        f"what was posted in the last {_age(age)} leaves once more if its source still lists it."
    )
    if contents.waiting and resends:
        yield f"{counted(contents.waiting, 'posts')} that waited in it may have been sent since, and could repeat too."
    elif contents.waiting:
        yield (
            f"{counted(contents.waiting, 'posts')} that waited in it may have been sent since. On Discord each is "
            "looked for before it leaves; on Telegram, where nobody can look, each is parked for a moderator."
        )


def restored_lines(done: Restored) -> Iterator[str]:
    """What was done."""
    yield "The backup is restored." + (f" What was there before is kept: {done.aside}." if done.aside else "")
    if done.searched:
        yield f"{counted(done.searched, 'posts')} will be looked for before they leave."
    if done.parked:
        yield f"{counted(done.parked, 'posts')} are parked, since they may have been sent already."


def _waiting(contents: Contents) -> str:
    return f"{counted(contents.waiting, 'posts')} that had not left"


def _age(age: timedelta) -> str:
    minutes = max(round(age.total_seconds() / 60), 0)
    hours = round(minutes / 60)
    days = round(hours / 24)
    if days > 1:
        return counted(days, "days")
    return counted(hours, "hours") if hours > 1 else counted(minutes, "minutes")
