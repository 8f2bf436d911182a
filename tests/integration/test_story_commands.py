"""Merging and splitting stories at a terminal."""

import json
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.stored_rows import rows_of

FERRIES = """Ferries return to Vellmar after two days of storm
The first ferry left Vellmar at dawn on Wednesday with 380 people on board who had slept in the terminal.

Baku opens a museum of carpets
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A person at a terminal whose bot knows two stories, each of one article with the same number."""
    at_terminal = CommandLine(tmp_path / "home", monkeypatch)
    at_terminal.has_database()
    page = tmp_path / "page.txt"
    page.write_text(FERRIES)
    assert at_terminal("import", str(page)).code == 0
    assert listed(at_terminal) == {1: [1], 2: [2]}
    return at_terminal


def listed(commands: CommandLine) -> dict[int, list[int]]:
    """The numbers of the articles by story."""
    told = json.loads(commands("story", "list", "--json").said)
    return {story["id"]: [article["id"] for article in story["articles"]] for story in told}


def test_two_stories_become_the_older_one_and_its_articles_stories_again(commands: CommandLine) -> None:
    merged = commands("story", "merge", "2", "1")
    assert (merged.code, merged.said.partition(" ")[0]) == (0, "1.")
    assert listed(commands) == {1: [1, 2]}
    assert json.loads(commands("story", "show", "2", "--json").said)["id"] == 1

    split = commands("story", "split", "2")
    assert (split.code, split.said.partition(" ")[0]) == (0, "2.")
    assert listed(commands) == {1: [1], 2: [2]}


def test_programs_are_told_what_became_of_it_with_its_topics(commands: CommandLine) -> None:
    one, other = (json.loads(commands("story", "show", number, "--json").said)["topics"] for number in "12")
    merged = json.loads(commands("story", "merge", "1", "2", "--json").said)
    assert (merged["id"], [article["id"] for article in merged["articles"]]) == (1, [1, 2])
    assert {topic["id"] for topic in merged["topics"]} == {topic["id"] for topic in (*one, *other)}

    split = json.loads(commands("story", "split", "1", "--announce", "--json").said)
    assert [article["id"] for article in split["articles"]] == [1]
    assert {topic["id"] for topic in split["topics"]} == {topic["id"] for topic in one}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("merge", "1", "1"), "1 and 1 are the same story already."),
        (("merge", "1", "9"), "There is no story 9."),
        (("split", "1"), "Article 1 is all that story 1 has."),
        (("split", "9"), "There is no article 9."),
    ],
)
def test_what_cannot_be_done_ends_with_1_and_a_sentence_and_changes_nothing(
    commands: CommandLine, arguments: tuple[str, ...], sentence: str
) -> None:
    before = rows_of(commands.home / "newsbot.db")
    ended = commands("story", *arguments)
    assert (ended.code, ended.said) == (1, "")
    assert sentence in ended.complained
    assert rows_of(commands.home / "newsbot.db") == before
